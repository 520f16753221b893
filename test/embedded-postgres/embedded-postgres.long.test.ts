import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { type EmbeddedPostgres, findRunningPostgres, startEmbeddedPostgres } from "../../src/embedded-postgres";
import { commandLine } from "../../src/embedded-postgres/processes";

const databaseName = "a-database";
let dataDir: string;
const running = new Set<EmbeddedPostgres>();
const owners = new Set<ChildProcess>();

beforeEach(async () => {
  dataDir = await realpath(await mkdtemp(join(tmpdir(), "embedded-postgres-")));
});

afterEach(async () => {
  for (const owner of owners) await kill(owner);
  for (const postgres of running) await postgres.stop();
  running.clear();
  owners.clear();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
});

async function start(options: { durable?: boolean; port?: number } = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, databaseName, durable: false, ...options });
  running.add(postgres);
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** Another Node process that owns the data folder until it is killed. */
async function startOwner(): Promise<{ owner: ChildProcess; url: string }> {
  const script = `
    require(${JSON.stringify(join(__dirname, "..", "..", "src", "embedded-postgres"))})
      .startEmbeddedPostgres(${JSON.stringify({ dataDir, databaseName })})
      .then(({ url }) => process.send(url));`;
  const owner = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", script], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  owners.add(owner);
  const [url] = (await once(owner, "message")) as [string];
  return { owner, url };
}

async function kill(owner: ChildProcess): Promise<void> {
  if (owner.signalCode !== null) return;
  owner.kill("SIGKILL");
  await once(owner, "exit");
}

async function serverPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, "cluster/postmaster.pid"), "utf8"));
}

/** Every process that works in the cluster: the server and all of its children. */
async function processesInCluster(): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter(Boolean);
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
  return pids.filter((_, index) => folders[index] === join(dataDir, "cluster"));
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error("it did not come true within 10 s");
  }
}

const onLinux = process.platform === "linux" ? test : test.skip;

test("a cold start makes the database, which asks for the password and listens on loopback only", async () => {
  const { url } = await start({ durable: true });

  expect(
    await query(
      url,
      `SELECT current_database(), current_setting('server_encoding'), upper('é'), current_setting('fsync'),
              current_setting('listen_addresses'), current_setting('unix_socket_directories')`,
    ),
  ).toEqual([[databaseName, "UTF8", "É", "on", "127.0.0.1", ""]]);
  const wrong = new URL(url);
  wrong.password = "wrong";
  await expect(query(wrong.href, "SELECT 1")).rejects.toThrow("password authentication failed");
  expect((await stat(join(dataDir, "password"))).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o007).toBe(0);
});

test("data survives a restart, and stopping twice does no harm", async () => {
  const first = await start();
  await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
  await Promise.all([first.stop(), first.stop()]);
  await first.stop();

  const second = await start();
  expect(await query(second.url, "SELECT answer FROM kept")).toEqual([[42]]);
});

test("a session that ends while the server stops hears of no error, one that stays is ended", async () => {
  const postgres = await start();
  const [ending, staying] = [new Client(postgres.url), new Client(postgres.url)];
  const heard: { ending: unknown[]; staying: unknown[] } = { ending: [], staying: [] };
  ending.on("error", (error) => heard.ending.push(error));
  staying.on("error", (error) => heard.staying.push(error));
  await Promise.all([ending.connect(), staying.connect()]);

  const stopped = postgres.stop();
  await delay(100);
  await ending.end();
  await stopped;
  expect(heard.ending).toEqual([]);
  expect(heard.staying[0]).toMatchObject({ code: "57P01" });
});

onLinux("after SIGKILL of the owner no Postgres is left, and its data survives", async () => {
  const { owner, url } = await startOwner();
  await query(url, "CREATE TABLE kept AS SELECT 42 AS answer");
  expect(await processesInCluster()).not.toEqual([]);

  await kill(owner);
  await eventually(async () => (await processesInCluster()).length === 0);

  const next = await start();
  expect(await query(next.url, "SELECT answer FROM kept")).toEqual([[42]]);
});

onLinux("a Postgres that outlives its owner is shut down by the next start", async () => {
  const { owner } = await startOwner();
  const orphan = await serverPid();
  process.kill(orphan, "SIGSTOP"); // keeps the signal that the owner's death sends from taking effect
  await kill(owner);
  const starting = start();
  await delay(300);
  expect(await commandLine(orphan)).toContain(dataDir);
  process.kill(orphan, "SIGCONT");

  await query((await starting).url, "SELECT 1");
  expect(await commandLine(orphan)).toBeUndefined();
});

test("a second owner is refused, in another process and in the same one", async () => {
  const { owner, url } = await startOwner();
  await expect(start()).rejects.toThrow(`The data folder ${dataDir} is in use by process ${owner.pid}`);
  await query(url, "SELECT 1");
  await kill(owner);

  await start();
  await expect(start()).rejects.toThrow(`is in use by process ${process.pid}`);
});

test("another process finds the server that runs, and none where it has stopped", async () => {
  expect(await findRunningPostgres(dataDir, databaseName)).toBeUndefined();
  const { owner, url } = await startOwner();
  expect(await findRunningPostgres(dataDir, databaseName)).toBe(url);
  await kill(owner);
  await eventually(async () => (await findRunningPostgres(dataDir, databaseName)) === undefined);
});

test("a database whose password is lost says so, and how to go on", async () => {
  await mkdir(join(dataDir, "cluster"));
  await expect(start()).rejects.toThrow(
    /^The password of the database in .* is lost: .*password does not exist\. Bring the file back/,
  );
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
const asOrdinaryUser = process.getuid?.() === 0 ? test.skip : test;

asRoot("root refuses the database of another user, and leaves it to them", async () => {
  await mkdir(join(dataDir, "cluster"));
  for (const path of [dataDir, join(dataDir, "cluster")]) await chown(path, 12_345, 12_345);
  await expect(start()).rejects.toThrow(
    /belongs to user 12345, but this process runs as user 0\. Start it as that user/,
  );
  expect((await stat(dataDir)).uid).toBe(12_345);
  expect((await stat(join(dataDir, "cluster"))).uid).toBe(12_345);
  expect(await readdir(dataDir)).toEqual(["cluster"]);
});

asOrdinaryUser("a folder that its owner has made read-only is said to be just that", async () => {
  await chmod(dataDir, 0o500);
  await expect(start()).rejects.toThrow(/ is not writable: its mode does not let its owner write: chmod u\+rwx /);
  await chmod(dataDir, 0o700);
});

test("of several that start at the same moment after a crash, one wins", async () => {
  await writeFile(join(dataDir, "owner.7.json"), JSON.stringify({ pid: process.pid, start: "before the last reboot" }));

  const outcomes = await Promise.allSettled([start(), start(), start()]);

  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
  expect((await readdir(dataDir)).filter((name) => name.startsWith("owner"))).toEqual(["owner.8.json"]);
});

test("what an interrupted initdb has left behind is cleared away", async () => {
  await mkdir(join(dataDir, "cluster.new-abcdef/base"), { recursive: true });
  await writeFile(join(dataDir, "cluster.new-abcdef/PG_VERSION"), "18\n");
  await writeFile(join(dataDir, "password"), "of the interrupted attempt");

  await query((await start()).url, "SELECT 1");
  expect((await readdir(dataDir)).sort()).toEqual(["cluster", "owner.1.json", "password", "postgres.log"]);
});

test.each([
  ["names a process that has its pid by chance", `${process.pid}\n/somewhere\n`],
  ["is empty", ""],
])("a postmaster.pid that %s does not block the start", async (_, content) => {
  await (await start()).stop();
  await writeFile(join(dataDir, "cluster/postmaster.pid"), content);

  await query((await start()).url, "SELECT 1");
});

test("a Postgres that dies by itself is reported with its last lines, and can be started again", async () => {
  const postgres = await start();
  process.kill(await serverPid(), "SIGQUIT");

  expect(await postgres.exited).toContain("received immediate shutdown request");
  await postgres.stop();
  await query((await start()).url, "SELECT 1");
});

test("a start that fails says why and gives up the folder", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };

  await expect(start({ port })).rejects.toThrow("Address already in use");
  other.close();
  await query((await start()).url, "SELECT 1");
});

test("a log of over 10 MB is emptied", async () => {
  const log = join(dataDir, "postgres.log");
  await writeFile(log, "");
  await truncate(log, 10 * 1024 * 1024 + 1);

  await start();
  expect(await readFile(log, "utf8")).toMatch(/^\d{4}-.*starting PostgreSQL/);
});

test("a folder with somebody else's files is refused and left alone", async () => {
  await writeFile(join(dataDir, "letter.txt"), "");
  const { mode } = await stat(dataDir);

  await expect(start()).rejects.toThrow("is not empty");
  expect((await stat(dataDir)).mode).toBe(mode);
});
