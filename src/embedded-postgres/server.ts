import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { dataDirectoryArgument } from "./cluster";
import { type DataFolder, lastLogLines, openLog } from "./data-folder";
import { commandLine } from "./processes";
import { type Account, endedWithNode, serverEnvironment } from "./server-account";

/** Crash recovery replays at most 1 GB of write-ahead log (`max_wal_size`), also on a slow disk. */
const START_TIMEOUT_MS = 120_000;
/**
 * Max wait for sessions on a stop. Those of the process that stops the server are ending already; others are ended with
 * an error.
 */
const SESSIONS_TIMEOUT_MS = 2_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** A Postgres that accepts connections. */
export interface RunningServer {
  /** Resolves with the last lines of the log once the server has ended, for whatever reason. */
  readonly exited: Promise<string>;
  /**
   * Shuts down once its sessions have ended, and ends those that stay; resolves once no process is left. May be called
   * repeatedly.
   */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly binDir: string;
  readonly account: Account | undefined;
  readonly port: number;
  readonly durable: boolean;
}

/** @throws Error with the last lines of the log if the server ends, or is not ready in time */
export async function startServer(folder: DataFolder, options: ServerOptions): Promise<RunningServer> {
  const { file, startBytes } = await openLog(folder);
  let child: ChildProcess;
  try {
    const [command, args] = await endedWithNode("INT", [
      join(options.binDir, "postgres"),
      serverArguments(folder, options),
    ]);
    child = spawn(command, args, {
      ...options.account,
      cwd: folder.cluster,
      env: serverEnvironment(),
      stdio: ["ignore", file.fd, file.fd],
      detached: true, // otherwise Ctrl-C in the terminal would stop the database before the service that uses it
    });
    await once(child, "spawn");
  } finally {
    await file.close();
  }

  const ended = once(child, "exit");
  const exited = ended.then(() => lastLogLines(folder, startBytes).catch((error: Error) => error.message));
  const stop = async () => {
    child.kill("SIGTERM");
    const hurry = [
      setTimeout(() => child.kill("SIGINT"), SESSIONS_TIMEOUT_MS),
      setTimeout(() => child.kill("SIGQUIT"), SESSIONS_TIMEOUT_MS + STOP_TIMEOUT_MS),
    ];
    await ended;
    hurry.forEach(clearTimeout);
  };
  let stopping: Promise<void> | undefined;
  const server = { exited, stop: () => (stopping ??= stop()) };

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isReady(folder, child.pid))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (!hasEnded && Date.now() < deadline) {
      await delay(POLL_MS);
      continue;
    }
    await server.stop();
    throw new Error(`Postgres did not start in ${folder.path}${hasEnded ? "" : " in time"}:\n${await exited}`);
  }
  return server;
}

function serverArguments(folder: DataFolder, { account, port, durable }: ServerOptions): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "", // TCP is enough, and a socket's path must not exceed 107 bytes
    max_connections: 100,
    shared_buffers: "128MB",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return [
    "-D",
    dataDirectoryArgument(folder.cluster, account),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    "-c",
    serverMark(folder),
  ];
}

/** Part of the server's command line, to distinguish it from any other process with the same pid. */
function serverMark(folder: DataFolder): string {
  return `retrograde.data_folder=${folder.path}`;
}

/** The lines of postmaster.pid; [0] is the pid, [7] the state. Empty if there is no such file. */
async function readPidFile(folder: DataFolder): Promise<string[]> {
  const text = await readFile(pidFile(folder), "utf8").catch(() => "");
  return text.split("\n").map((line) => line.trim());
}

function pidFile(folder: DataFolder): string {
  return join(folder.cluster, "postmaster.pid");
}

/** The port of a server on that folder that accepts connections, whichever process started it. */
export async function portOfRunningServer(folder: DataFolder): Promise<number | undefined> {
  const lines = await readPidFile(folder);
  const isOurs = (await commandLine(Number(lines[0])))?.endsWith(serverMark(folder)) ?? false;
  return isOurs && lines[7] === "ready" ? Number(lines[3]) : undefined;
}

async function isReady(folder: DataFolder, pid: number | undefined): Promise<boolean> {
  const lines = await readPidFile(folder);
  return Number(lines[0]) === pid && lines[7] === "ready";
}

/**
 * Stops the server that a killed owner has left running, and removes the traces of a server that was killed itself.
 * Only the owner of the folder may call it.
 *
 * @throws Error if the server does not end
 */
export async function clearAwayOrphan(folder: DataFolder, log: (message: string) => void): Promise<void> {
  const pid = Number((await readPidFile(folder))[0]);
  if (!pid) return rm(pidFile(folder), { force: true }); // absent, or emptied by a crash of the machine
  const isOrphan = async () => (await commandLine(pid))?.endsWith(serverMark(folder)) ?? false;

  if (await isOrphan()) log(`stopping the Postgres (process ${pid}) that an earlier run has left behind`);
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (await isOrphan()) signalIfAlive(pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while ((await isOrphan()) && Date.now() < deadline) await delay(POLL_MS);
  }
  if (await isOrphan()) throw new Error(`Postgres of an earlier run (process ${pid}) does not stop in ${folder.path}`);

  // Postgres takes any live process with that pid for its predecessor, so the file of another process is removed. If it
  // is a Postgres, perhaps started by hand on this very cluster, Postgres itself decides, since it checks more closely.
  const isPostgres = /(^|\/)postgres:?( |$)/.test((await commandLine(pid)) ?? "");
  if (!isPostgres) await rm(pidFile(folder), { force: true });
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
