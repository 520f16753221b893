import { levels, type DestinationStream } from "pino";
import { quoteHidden } from "../../kernel/text";

const WARN = 40;

/** Log lines for a terminal: the time in UTC, the level if it is WARN or above, the message, and the rest as JSON. */
export function readableLines(out: { write(text: string): unknown }): DestinationStream {
  return { write: (line) => void out.write(readable(line)) };
}

export function readable(line: string): string {
  const {
    level,
    time,
    pid: _pid,
    hostname: _hostname,
    msg,
    err,
    ...rest
  } = JSON.parse(line) as Record<string, unknown> & {
    level: number;
    time: number;
    msg?: string;
    err?: { message: string; stack?: string };
  };
  const severity = level >= WARN ? `${(levels.labels[level] ?? String(level)).toUpperCase()} ` : "";
  const details = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : "";
  const stack = err === undefined ? "" : `\n${indented(err.stack ?? err.message)}`;
  return `${new Date(time).toISOString()} ${severity}${quoteHidden(`${msg ?? ""}${details}`)}${stack}\n`;
}

/** The lines of an error's message may be anybody's, so none of them begins where a line of the log does. */
const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${quoteHidden(line)}`)
    .join("\n");
