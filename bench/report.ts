import type { Measured } from "./statistics";

interface Goal {
  readonly kind: "at least" | "at most";
  readonly value: number;
}

interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly goal: Goal;
  /** Of each pair of rounds, where it is a median. */
  readonly pairs?: readonly number[];
}

export interface Section {
  readonly title: string;
  readonly sides: readonly { readonly name: string; readonly measured: Measured }[];
  readonly ratios: readonly Ratio[];
  readonly notes: readonly string[];
}

export function printSection({ title, sides, ratios, notes }: Section): void {
  const lines = [
    "",
    title,
    `  ${"".padEnd(36)}${["per second", "p50 ms", "p99 ms", "CPU ms", "requests"].map((name) => name.padStart(12)).join("")}`,
  ];
  for (const { name, measured } of sides) {
    const { perSecond, p50Ms, p99Ms, processorMs, requests } = measured;
    const cells = [
      perSecond.toFixed(0),
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      processorMs?.toFixed(2) ?? "",
      String(requests),
    ];
    lines.push(`  ${name.padEnd(36)}${cells.map((cell) => cell.padStart(12)).join("")}`);
  }
  for (const ratio of ratios) lines.push(`  ${ratioLine(ratio)}`);
  lines.push(...notes.map((note) => `  ${note}`), "");
  process.stdout.write(lines.join("\n"));
}

/** All ratios once more, at the end where they are looked for. */
export function printSummary(sections: readonly Section[], facts: Readonly<Record<string, string>>): void {
  const lines = ["", "Summary"];
  for (const { title, ratios } of sections)
    lines.push(`  ${title}`, ...ratios.map((ratio) => `    ${ratioLine({ ...ratio, pairs: [] })}`));
  lines.push("", ...Object.entries(facts).map(([name, value]) => `  ${name.padEnd(12)}${value}`), "");
  process.stdout.write(lines.join("\n"));
}

function ratioLine({ name, value, goal, pairs = [] }: Ratio): string {
  const met = goal.kind === "at least" ? value >= goal.value : value <= goal.value;
  const each = pairs.length === 0 ? "" : `  (rounds: ${pairs.map((pair) => pair.toFixed(2)).join(" ")})`;
  return `${name.padEnd(36)}${value.toFixed(2).padStart(12)}   goal: ${goal.kind} ${goal.value}, ${met ? "met" : "MISSED"}${each}`;
}
