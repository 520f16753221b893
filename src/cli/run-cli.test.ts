import { execFileSync } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { CLIENT_COMMANDS } from "./client-commands";
import { runCli } from "./run-cli";

async function run(...args: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const surroundings = { env: {}, homeFolder: "/nowhere", stdin: Readable.from([]), stdout, stderr };
  const code = await runCli(args, surroundings, ["serve"]);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

test.each(Object.keys(CLIENT_COMMANDS))("%s explains itself", async (name) => {
  const { code, stdout } = await run(name, "--help");
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: retrograde ${name}`);
});

test.each([
  [["history"], "missing required argument 'release'"],
  [["history", "a", "b"], "too many arguments"],
  [["history", "a", "--limit", "0"], "a number from 1 on"],
  [["history", "a", "--status", "BROKEN"], "Allowed choices are INITIALIZED"],
  [["history", "a", "--json", "--table"], "cannot be used with"],
  [["plan", "a", "1.5"], "a number from 1 on"],
  [["plan", "a", "99999999999"], "a number from 1 on"],
  [["plan", "a", "3000000000"], "a number from 1 on"],
  [["rollback", "a"], "required option '-m, --message <text>'"],
  [["rollback", "a", "-m", "x", "--nonsense"], "unknown option '--nonsense'"],
  [["rollback", "a", "-m", "x", "--yes", "--timeout", "soon"], "a time such as 90s"],
  [["rollback", "a", "-m", "x"], "stdin is no terminal: confirm with --yes"],
  [["undo", "a", "-m", "x"], "stdin is no terminal: confirm with --yes"],
  [["hold", "add", "a", "-m", "x"], "missing required argument 'number'"],
  [["hold", "drop"], "unknown command 'drop'"],
  [["logs", "a", "--since", "yesterday"], "a time such as 30m, or an instant"],
  [["login"], "Name the server"],
  [["login", "houston"], "is not a URL"],
  [["completion", "fish"], "Allowed choices are bash, zsh"],
])("%j is refused before anything is sent", async (args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("who is not signed in is told how", async () => {
  const { code, stderr } = await run("deployments");
  expect(code).toBe(6);
  expect(stderr).toContain("retrograde login URL");
});

describe("the completion", () => {
  const completed = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await run("completion", "bash");
    const script = `${stdout}\nCOMP_WORDS=(retrograde ${words.map((word) => `"${word}"`).join(" ")})\nCOMP_CWORD=${words.length}\n_retrograde\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" }).trim().split("\n");
  };

  test("of bash knows commands, subcommands and options", async () => {
    expect(await completed("")).toEqual(expect.arrayContaining([...Object.keys(CLIENT_COMMANDS), "serve"]));
    expect(await completed("ho")).toEqual(["hold"]);
    expect(await completed("hold", "l")).toEqual(["list", "lift"]);
    expect(await completed("rollback", "x", "--ac")).toEqual(["--acknowledge-data-loss"]);
    expect(await completed("completion", "")).toEqual(expect.arrayContaining(["bash", "zsh"]));
  });

  test("of zsh names every command", async () => {
    const { stdout } = await run("completion", "zsh");
    expect(stdout).toMatch(/^#compdef retrograde\n/);
    for (const name of Object.keys(CLIENT_COMMANDS)) expect(stdout).toContain(`    ${name}) compadd -- `);
  });
});
