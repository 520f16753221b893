import { PassThrough } from "node:stream";
import { readPassword } from "./read-password";

/** What a person types at a terminal, who sees only the questions. */
function terminal(...typed: string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  let shown = "";
  const prompts = {
    write: (text: string | Uint8Array) => {
      shown += String(text);
      const next = /: $/.test(String(text)) ? typed.shift() : undefined;
      if (next !== undefined) setImmediate(() => input.write(next));
      return true;
    },
  };
  return { password: readPassword(input, prompts), shown: () => shown };
}

test.each([
  ["correct horse\n", "correct horse"],
  ["correct horse", "correct horse"],
  ["correct horse\r\nmore\n", "correct horse"],
  [" with blanks \n", " with blanks "],
  ["", ""],
])("from a pipe it is the first line: %j", async (piped, expected) => {
  const input = new PassThrough();
  input.end(piped);
  expect(await readPassword(input, { write: () => true })).toBe(expected);
});

test("at a terminal it is asked for twice, and is not shown", async () => {
  const { password, shown } = terminal("correct horse\r", "correct horse\r");
  expect(await password).toBe("correct horse");
  expect(shown()).toBe("New password: \nOnce more: \n");
});

test("two that differ are refused", async () => {
  await expect(terminal("correct horse\r", "correct house\r").password).rejects.toThrow("differ");
});

test("Ctrl-C stops without a password", async () => {
  await expect(terminal("\u0003").password).rejects.toThrow("Stopped; nothing was changed");
});
