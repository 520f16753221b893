import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The start time of the process as an opaque text. No other process with the same pid has the same text, not even one
 * from before the last reboot. Undefined if the process is gone, or dead and not yet reaped.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") return ps("lstart=", pid);
  const [stat, bootId] = await Promise.all([readProc(`${pid}/stat`), readProc("sys/kernel/random/boot_id")]);
  if (stat === undefined) return undefined;
  // The second field is the program's name in brackets, which may itself contain spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  return state === "Z" || state === "X" ? undefined : `${bootId?.trim()} ${startTicks}`;
}

/** The command line, with spaces between the arguments; undefined if there is no such live process. */
export async function commandLine(pid: number): Promise<string | undefined> {
  // Slim container images have no `ps`, so /proc is read on Linux.
  if (process.platform !== "linux") return ps("command=", pid);
  const text = await readProc(`${pid}/cmdline`);
  return text?.replaceAll("\0", " ").trim() || undefined;
}

async function readProc(path: string): Promise<string | undefined> {
  return readFile(`/proc/${path}`, "utf8").catch(() => undefined);
}

async function ps(column: string, pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run("ps", ["-ww", "-o", column, "-p", String(pid)], {
      env: { ...process.env, LC_ALL: "C" },
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined; // ps fails when it finds no such process
  }
}
