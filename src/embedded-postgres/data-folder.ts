import {
  access,
  chmod,
  chown,
  constants,
  lchown,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  stat,
  truncate,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Account } from "./server-account";

const MAX_LOG_BYTES = 10 * 1024 * 1024;
const LAST_LINES = 20;

/** The paths of one embedded Postgres. */
export interface DataFolder {
  /** Absolute and free of symbolic links, so that every process has the same text for the same folder. */
  readonly path: string;
  /** The data directory in Postgres' own sense. */
  readonly cluster: string;
  readonly password: string;
  readonly log: string;
}

/**
 * Creates the folder if it does not exist.
 *
 * @throws Error if the folder has foreign content and nothing of ours: its permissions are about to be narrowed, which
 * must not happen to a home folder or to /tmp by a mistake in the configuration; or if it belongs to another user, even
 * if root could use it: that user could not any more; or if it is not writable
 */
export async function openDataFolder(dataDir: string, account: Account | undefined): Promise<DataFolder> {
  // The server's account, if it is another one, passes through the folder around it, and does not read it.
  await mkdir(dirname(resolve(dataDir)), { mode: account === undefined ? 0o750 : 0o751, recursive: true });
  await mkdir(dataDir, { mode: 0o700, recursive: true });
  const path = await realpath(dataDir);
  const usable = constants.R_OK | constants.W_OK | constants.X_OK;
  await access(path, usable).catch(async (error: NodeJS.ErrnoException) => {
    const { uid } = await stat(path);
    // The owner may have narrowed the folder's mode, or the file system may be read-only.
    throw uid === process.getuid?.() || error.code !== "EACCES"
      ? notWritable(path, error)
      : belongsToAnotherUser(path, uid);
  });
  const entries = (await readdir(path)).filter((name) => name !== "lost+found");
  if (entries.length > 0 && !entries.some((name) => /^(cluster|password|owner|postgres)\b/.test(name))) {
    throw new Error(`The data folder ${path} is not empty, and what it holds is no embedded Postgres`);
  }
  await refuseForeignCluster(path, account);
  return {
    path,
    cluster: join(path, "cluster"),
    password: join(path, "password"),
    log: join(path, "postgres.log"),
  };
}

/**
 * Lets `account` pass through the folder and own the cluster in it. The folder itself stays root's: if it were the
 * server user's, that user could plant a symbolic link where root is about to write.
 *
 * @throws Error if the cluster belongs to another user and we are not root
 */
export async function securePermissions(folder: DataFolder, account: Account | undefined): Promise<void> {
  const uid = process.getuid?.();
  if (account !== undefined) {
    await chown(folder.path, 0, account.gid);
    await chmod(folder.path, 0o710);
  } else if ((await stat(folder.path)).uid === uid) {
    await chmod(folder.path, 0o700); // a folder of another user, such as a mounted volume, is left unchanged
  }

  const cluster = await lstat(folder.cluster).catch(() => undefined);
  if (cluster === undefined) return;
  if (account !== undefined && cluster.uid !== account.uid) {
    // A lost password is reported by the step that reads it.
    await handOver(folder.password, account).catch(ignoreAbsent);
    await handOver(folder.cluster, account); // last, because its owner shows whether this was done
  } else if (account === undefined && cluster.uid !== uid) {
    throw belongsToAnotherUser(folder.path, cluster.uid);
  }
  // Postgres accepts no wider permissions, and some platforms mount volumes with them.
  await chmod(folder.cluster, 0o700);
}

/**
 * Refuses a cluster of another user: root would hand its files over to the account that Postgres runs as, and lock the
 * owner out.
 */
async function refuseForeignCluster(path: string, account: Account | undefined): Promise<void> {
  const cluster = await lstat(join(path, "cluster")).catch(() => undefined);
  if (
    account === undefined ||
    cluster === undefined ||
    cluster.uid === account.uid ||
    cluster.uid === process.getuid?.()
  )
    return;
  throw belongsToAnotherUser(path, cluster.uid);
}

function notWritable(path: string, cause: NodeJS.ErrnoException): Error {
  const remedy =
    cause.code === "EROFS"
      ? "its file system is read-only"
      : `its mode does not let its owner write: chmod u+rwx '${path}'`;
  return new Error(`The data folder ${path} is not writable: ${remedy}`, { cause });
}

function belongsToAnotherUser(path: string, owner: number): Error {
  const self = process.getuid?.();
  return new Error(
    `The data folder ${path} belongs to user ${owner}, but this process runs as user ${self}. ` +
      `Start it as that user, or hand the folder over: sudo chown -R ${self} '${path}'`,
  );
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

async function handOver(path: string, account: Account): Promise<void> {
  const entry = await lstat(path);
  if (entry.isDirectory()) {
    for (const name of await readdir(path)) await handOver(join(path, name), account);
  }
  await lchown(path, account.uid, account.gid);
}

/** Opens the server's log for appending, and empties it first if it has grown over 10 MB. */
export async function openLog({ log }: DataFolder) {
  const file = await open(log, "a", 0o600);
  const { size } = await file.stat();
  if (size > MAX_LOG_BYTES) await truncate(log);
  return { file, startBytes: size > MAX_LOG_BYTES ? 0 : size };
}

/** The last lines written to the log after its first `startBytes` bytes. */
export async function lastLogLines({ log }: DataFolder, startBytes: number): Promise<string> {
  const file = await open(log, "r");
  try {
    const { size } = await file.stat();
    const from = Math.max(startBytes, size - 16 * 1024);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(Math.max(size - from, 0)), position: from });
    return buffer.toString("utf8", 0, bytesRead).trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  } finally {
    await file.close();
  }
}
