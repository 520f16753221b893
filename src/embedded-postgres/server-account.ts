import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `nobody` on Linux, `_postgres` on macOS: initdb requires a user with an entry in the system's list. */
const UNPRIVILEGED_ID = process.platform === "darwin" ? 216 : 65534;

/** The user that Postgres runs as, if that is not the user that Node runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Postgres refuses to run as root, so root runs it as an unprivileged user; all other users run it as themselves. */
export function serverAccount(): Account | undefined {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : undefined;
}

/** Nothing is inherited: HOME may be unset, and PG* variables or a foreign locale would change the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: LOCALE, TZ: "UTC" };
}

/** macOS has no C.UTF-8; sorting and case rules come from Postgres' own C.UTF-8 in either case. */
export const LOCALE = process.platform === "darwin" ? "C" : "C.UTF-8";

/**
 * Whether `account` may enter `folder` and all folders above it. Checks the mode bits only, so it may return false too
 * often.
 */
export async function isEnterable(folder: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true;
  const { mode, uid, gid } = await stat(folder);
  const searchBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & searchBit) === 0) return false;
  return dirname(folder) === folder || isEnterable(dirname(folder), account);
}

/** A program and its arguments, ready for `spawn`. */
export type Command = readonly [file: string, args: string[]];

/**
 * Wraps the command so that the kernel ends it with `signal` when Node dies, for whatever reason. Returns it unchanged
 * if there is no util-linux `setpriv`, as on macOS: there the next start clears up.
 *
 * The kernel watches the thread that spawns, so spawn from the main thread and not from a worker.
 */
export async function endedWithNode(signal: "INT" | "KILL", [file, args]: Command): Promise<Command> {
  const deathSignal = ["--pdeathsig", signal];
  try {
    await run("setpriv", [...deathSignal, "true"]);
  } catch {
    return [file, args];
  }
  return ["setpriv", [...deathSignal, file, ...args]];
}
