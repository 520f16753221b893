import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError, EXIT } from "../client/exit-codes";
import type { Surroundings } from "./surroundings";

/** Asks on the terminal. @throws CliError where the input ends in its place, as by Ctrl-D */
export async function ask(question: string, { stdin, stderr }: Surroundings, { hidden = false } = {}): Promise<string> {
  stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: hidden ? nowhere : stderr, terminal: stdin.isTTY === true });
  try {
    return await new Promise<string>((resolve, reject) => {
      const none = (): void => reject(new CliError("There was no answer", EXIT.failure));
      lines.once("close", none);
      lines.once("SIGINT", none);
      lines.once("line", resolve);
    });
  } finally {
    lines.close();
    if (hidden) stderr.write("\n");
  }
}

/** Everything on stdin, without the line break at its end. */
export async function readAll({ stdin }: Surroundings, maxBytes = 65_536): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new CliError("There is too much on stdin for a token", EXIT.usage);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}

/** @throws CliError if nobody can be asked: then `--yes` has to be given */
export function requireSomebodyToAsk({ stdin }: Surroundings): void {
  if (stdin.isTTY !== true)
    throw new CliError("Nobody can be asked, as stdin is no terminal: confirm with --yes", EXIT.usage);
}

/** @throws CliError for anything but a yes */
export async function confirm(question: string, surroundings: Surroundings): Promise<void> {
  const answer = await ask(`${question} [y/N] `, surroundings);
  if (!/^(y|yes)$/i.test(answer.trim())) throw new CliError("Nothing was changed", EXIT.failure);
}
