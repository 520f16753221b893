import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { createTestDatabase } from "../world/database";
import { ServiceProcess } from "../world/service-process";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "retrograde-start-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function takePort(): Promise<{ port: number; free: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    free: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test("a port that is taken is found out before anything is made", async () => {
  const { port, free } = await takePort();
  const refused = ServiceProcess.run(["serve"], { DATA_DIR: join(dataDir, "data"), PORT: String(port) });
  expect(await refused.ended).toBe(1);
  await free();
  expect(refused.output).toBe(`Port ${port} is taken; choose another with PORT\n`);
  expect(await readdir(dataDir)).toEqual([]);
});

test("while it starts it is alive and not ready, and says what it waits for", async () => {
  const database = await createTestDatabase();
  const { port, free } = await takePort();
  await free();
  // As another replica that migrates.
  const other = new Client({ connectionString: database.url });
  await other.connect();
  await other.query("SELECT pg_advisory_lock(7209430)");
  const service = ServiceProcess.run(["serve"], {
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
    MIGRATE_ON_START: "true",
    PORT: String(port),
    AUTH__OPENID_CONNECT__GOOGLE__ENABLED: "true",
  });
  const get = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(30_000) });
  try {
    await service.printed("another process migrates the database; waiting until it has finished");
    expect(service.output).toMatch(
      /"level":40,.*configuration: AUTH__OPENID_CONNECT__GOOGLE__ENABLED is true, but there is no auth.openidConnect.google.clientId/,
    );
    const starting = await get("/v1/readyz");
    expect([starting.status, starting.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await starting.json()).toMatchObject({ status: "starting" });
    expect((await get("/v1/healthz")).status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${port}/v1`, { method: "POST", body: "{}" })).json()).toMatchObject({
      errors: [{ extensions: { code: "UNAVAILABLE" } }],
    });

    const health = (): ServiceProcess =>
      ServiceProcess.run(["healthcheck"], { PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: database.url });
    const early = health();
    expect(await early.ended).toBe(1);
    expect(early.output).toContain("/v1/readyz answers 503");

    await other.query("SELECT pg_advisory_unlock(7209430)");
    await service.ready();
    expect((await get("/v1/readyz")).status).toBe(200);
    const late = health();
    expect(await late.ended).toBe(0);
    expect(JSON.parse(late.stdout)).toMatchObject({ status: "ready" });
  } finally {
    await other.end();
    expect(await service.end()).toBe(0);
    await database.drop();
  }
});

test("errors of the configuration's paths and addresses name the setting", async () => {
  const database = await createTestDatabase();
  const file = join(dataDir, "a-file");
  await writeFile(file, "");
  const withDatabase = {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    PORT: "0",
    SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
  };
  try {
    for (const [env, expected] of [
      [
        { ...withDatabase, JWT__CERT_PATH: join(dataDir, "nope") },
        `${join(dataDir, "nope")} does not exist: it comes from JWT__CERT_PATH\n`,
      ],
      [{ ...withDatabase, HOST: "203.0.113.1" }, "This machine does not have the address 203.0.113.1: change HOST\n"],
      [
        { DATA_DIR: join(file, "data"), PORT: "0" },
        "is below something that is not a folder: it comes from DATA_DIR\n",
      ],
      [
        { ...withDatabase, DATABASE_URL: "postgres://u:hidden@127.0.0.1:9/nowhere" },
        ". Its address comes from DATABASE_URL\n",
      ],
    ] as const) {
      const refused = ServiceProcess.run(["serve"], env);
      expect(await refused.ended).toBe(1);
      expect(refused.output).toContain(expected);
      expect(refused.output).not.toMatch(/^Error|\n {4}at |hidden/);
    }
  } finally {
    await database.drop();
  }
});

test("commands work beside a running service with a Postgres of its own, which says what it does as it starts", async () => {
  const service = ServiceProcess.run(["serve"], { DATA_DIR: dataDir, PORT: "0" });
  const command = (...args: string[]): ServiceProcess => ServiceProcess.run(args, { DATA_DIR: dataDir });
  try {
    // A command that comes while the database starts waits for it.
    await service.printed("starting Postgres …");
    for (let files: string[] = []; !files.some((name) => /^owner\.\d+\.json$/.test(name)); await sleep(20))
      files = await readdir(join(dataDir, "postgres")).catch(() => []);
    const early = command("migrate");
    const url = await service.ready();
    await early.ended;
    expect(early.output).toMatch(/(The database is up to date|Migrated: .+)\n$/);
    expect(
      service.output
        .match(/^\d{4}-\d\d-\d\dT[\d:.]+Z (starting Postgres …|migrating the database …|making the demo …|ready)/gm)
        ?.map((line) => line.split(" ")[1]),
    ).toEqual(["starting", "migrating", "making", "ready"]);

    const commands = [
      command("migrate"),
      command("cleanup-deploy-revisions", "--older-than=30", "--dry-run"),
      command("fsck"),
      command("config"),
    ];
    expect(await Promise.all(commands.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    const [migrated, cleaned, checked] = commands;
    expect(migrated?.stdout).toBe("The database is up to date\n");
    expect(JSON.parse(cleaned?.stdout ?? "")).toMatchObject({ dryRun: true, olderThanDays: 30 });
    expect(checked?.stdout).not.toBe("");
    expect((await fetch(`${url}/v1/readyz`)).status).toBe(200);
  } finally {
    expect(await service.end()).toBe(0);
  }
});
