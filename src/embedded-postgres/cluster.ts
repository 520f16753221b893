import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, lstat, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { WAY_OUT } from "./binaries";
import type { DataFolder } from "./data-folder";
import { type Account, endedWithNode, LOCALE, serverEnvironment } from "./server-account";

const run = promisify(execFile);
const UNFINISHED = "cluster.new-";

/** The only role of the cluster, a superuser. */
export const SUPERUSER = "retrograde";

/**
 * The data directory to pass to Postgres when it is started *in* that directory.
 *
 * The absolute path does not work below a folder that only root may enter. The kernel enters the folder before the
 * change of user, and from then on this name leads there without walking down from the root.
 */
export function dataDirectoryArgument(directory: string, account: Account | undefined): string {
  return account !== undefined && process.platform === "linux" ? "/proc/self/cwd" : directory;
}

/**
 * Creates the cluster if there is none, and returns the superuser's password. An interrupted attempt leaves nothing
 * that the next one would take for a cluster.
 *
 * @throws Error if there is a cluster but its password file is lost, or initdb fails
 */
export async function ensureCluster(
  folder: DataFolder,
  { binDir, account, durable }: { binDir: string; account: Account | undefined; durable: boolean },
): Promise<string> {
  await removeUnfinished(folder);
  const exists = await lstat(folder.cluster).then(
    () => true,
    () => false,
  );
  if (exists) return readPassword(folder);

  const password = randomBytes(24).toString("base64url");
  // A file left by an earlier attempt may belong to another user, so it is replaced and not overwritten.
  await rm(folder.password, { force: true });
  await writeFile(folder.password, password, { mode: 0o600, flush: true });
  const unfinished = await mkdtemp(join(folder.path, UNFINISHED));
  await chmod(unfinished, 0o700);
  if (account !== undefined) {
    await chown(folder.password, account.uid, account.gid);
    await chown(unfinished, account.uid, account.gid);
  }

  const [file, args] = await endedWithNode("KILL", [
    join(binDir, "initdb"),
    [
      `--pgdata=${dataDirectoryArgument(unfinished, account)}`,
      `--username=${SUPERUSER}`,
      `--pwfile=../${basename(folder.password)}`,
      "--auth=scram-sha-256", // every user of the machine can reach the port
      "--encoding=UTF8",
      `--locale=${LOCALE}`,
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(durable ? [] : ["--no-sync"]),
    ],
  ]);
  try {
    await run(file, args, { ...account, cwd: unfinished, env: serverEnvironment() });
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    const { stderr, message } = cause as Error & { stderr?: string };
    // The message also covers a user without an entry in /etc/passwd, which initdb requires.
    throw new Error(`initdb failed in ${folder.path}: ${stderr?.trim() || message}\n${WAY_OUT}`, { cause });
  }
  await rename(unfinished, folder.cluster);
  if (durable) await syncFolder(folder.path);
  return password;
}

/** @throws Error if the password file is lost: without it the database cannot be opened */
export async function readPassword(folder: DataFolder): Promise<string> {
  return readFile(folder.password, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new Error(
      `The password of the database in ${folder.path} is lost: ${folder.password} does not exist. Bring the file back from a backup, ` +
        `or move the folder ${folder.path} away to start with an empty database.`,
      { cause },
    );
  });
}

async function removeUnfinished(folder: DataFolder): Promise<void> {
  for (const name of await readdir(folder.path)) {
    if (!name.startsWith(UNFINISHED)) continue;
    // Retried because, without setpriv, an initdb that outlived its Node process may still be writing there.
    await rm(join(folder.path, name), { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Without this, a power cut could undo the rename. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}
