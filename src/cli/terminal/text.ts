const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNITS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Returns the text without what moves the cursor or changes colours: it was written by others. Line breaks and tabs become spaces. */
export const oneLine = (text: string): string =>
  text.replace(/[\t\n\r]+/g, " ").replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "");

/** The same for text of several lines. */
export const printable = (text: string): string => text.split(/\r?\n/).map(oneLine).join("\n");

const shortened = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string | number | null;
  /** In characters; the cell is cut there. */
  readonly max?: number;
}

/** Returns lines of aligned columns, the titles first. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = rows.map((row) =>
    columns.map(({ value, max = Infinity }) => shortened(oneLine(String(value(row) ?? "–")), max)),
  );
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Returns the instant to the second, in UTC. */
export const instant = (iso: string | null): string | null => iso && iso.replace("T", " ").replace(/(\.\d+)?Z$/, "Z");

/** Returns milliseconds, of a text such as 90s, 30m, 2h or 7d; null for any other. */
export function durationMs(text: string): number | null {
  const [, amount = "", unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? null : Number(amount) * factor;
}

/** Returns the time between two instants, such as 4 s. */
export const took = (from: string, to: string): string =>
  `${Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / SECOND_MS))} s`;
