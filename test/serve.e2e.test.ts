import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { administer, serverUrl, withDatabase } from "./world/database";

const MAIN = join(__dirname, "..", "dist", "src", "main.js");

interface Run {
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => Promise<number | null>;
}

function retrograde(args: string[], env: Record<string, string>): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env["PATH"], LOG_LEVEL: "warn", HOST: "127.0.0.1", ...env } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return {
    output: () => output,
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function until(run: Run, text: string): Promise<void> {
  for (let waited = 0; waited < 25_000; waited += 50) {
    if (run.output().includes(text)) return;
    await sleep(50);
  }
  throw new Error(`“${text}” did not come:\n${run.output()}`);
}

async function takePort(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

describe("retrograde serve", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "retrograde-serve-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  test("starts on nothing, keeps its data over SIGTERM and SIGKILL, and shows the password once", async () => {
    const { server, port } = await takePort();
    await new Promise((resolve) => server.close(resolve));
    const env = { DATA_DIR: dataDir, PORT: String(port) };
    const ask = async (query: string, token = "") => {
      const response = await fetch(`http://127.0.0.1:${port}/v1`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: token },
        body: JSON.stringify({ query }),
      });
      return ((await response.json()) as { data: Record<string, never> }).data as Record<string, Record<string, unknown>>;
    };

    const first = retrograde(["serve"], env);
    await until(first, "First query");
    const password = /Password\s+(\S+)/.exec(first.output())?.[1] ?? "";
    const signedIn = await ask(`mutation { createToken(identity: "admin@example.com", password: "${password}") { token { value } } }`);
    const token = (signedIn["createToken"]?.["token"] as { value: string }).value;
    const HISTORY = `{ deployment(where: { releaseName: "demo-analytics" }) { deployRevisions { nodes { number status isRollback } } } }`;
    const history = await ask(HISTORY, token);
    const { nodes } = history["deployment"]?.["deployRevisions"] as { nodes: { status: string; isRollback: boolean }[] };
    expect(nodes.map(({ status }) => status)).toEqual(expect.arrayContaining(["DEPLOYED", "FAILED"]));
    expect(nodes.filter(({ isRollback }) => isRollback)).toHaveLength(1);
    expect(await first.kill("SIGTERM")).toBe(0);

    const second = retrograde(["serve"], env);
    await until(second, "First query");
    expect(second.output()).not.toContain(password);
    expect(await ask(HISTORY, token)).toEqual(history);
    await second.kill("SIGKILL");

    const third = retrograde(["serve"], env);
    await until(third, "First query");
    expect(await ask(HISTORY, token)).toEqual(history);
    expect(await third.kill("SIGTERM")).toBe(0);
  }, 90_000);

  test("says that the port is taken", async () => {
    const { server, port } = await takePort();
    const run = retrograde(["serve"], { DATA_DIR: dataDir, PORT: String(port) });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(`Port ${port} is taken; choose another with PORT`);
    server.close();
  }, 40_000);

  test("says that the database is out of reach, without its password", async () => {
    const run = retrograde(["serve"], { DATA_DIR: dataDir, DATABASE_URL: "postgres://someone:hidden@127.0.0.1:9/nowhere" });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain("The database 127.0.0.1:9/nowhere cannot be reached");
    expect(run.output()).not.toContain("hidden");
  });

  test("wants the migrations first, and the clean-up runs on what they made", async () => {
    const name = `serve_${process.pid}`;
    await administer(`CREATE DATABASE ${name}`);
    const env = { DATA_DIR: dataDir, DATABASE_URL: withDatabase(serverUrl(), name) };
    try {
      const refused = retrograde(["serve"], env);
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toContain("retrograde migrate");
      expect(await retrograde(["migrate"], env).ended).toBe(0);
      const cleanUp = retrograde(["cleanup-deploy-revisions", "--", "--older-than=90", "--dry-run"], env);
      expect(await cleanUp.ended).toBe(0);
      expect(JSON.parse(cleanUp.output())).toMatchObject({ dryRun: true, olderThanDays: 90, deletedRevisions: 0 });
    } finally {
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  }, 40_000);

  test("explains itself when it is called wrongly", async () => {
    const run = retrograde(["dance"], {});
    expect(await run.ended).toBe(2);
    expect(run.output()).toContain("There is no command dance");
  });
});
