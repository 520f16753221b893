import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";

/**
 * A password from the terminal, twice and unseen, or else the first line of stdin: never from the command line, which
 * other users of the machine can read.
 * @throws Error if the two differ
 */
export async function readPassword(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined } = process.stdin,
  prompts: Pick<NodeJS.WritableStream, "write"> = process.stderr,
): Promise<string> {
  if (input.isTTY !== true) return (await text(input)).split(/\r?\n/, 1)[0] ?? "";
  const first = await askUnseen("New password: ", input, prompts);
  const again = await askUnseen("Once more: ", input, prompts);
  if (first !== again) throw new Error("The two passwords differ; nothing was changed");
  return first;
}

async function askUnseen(
  question: string,
  input: NodeJS.ReadableStream,
  prompts: Pick<NodeJS.WritableStream, "write">,
): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: unseen, terminal: true });
  prompts.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("SIGINT", () => reject(new Error("Stopped; nothing was changed")));
      lines.once("close", () => reject(new Error("Stopped; nothing was changed")));
    });
  } finally {
    lines.close();
    prompts.write("\n");
  }
}
