import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { administer, serverUrl, withDatabase } from "../world/database";

const run = promisify(execFile);
const ROOT = join(__dirname, "..", "..");
const MAIN = join(ROOT, "dist", "src", "main.js");

interface Run {
  /** What came on both streams. */
  readonly output: () => string;
  readonly stdout: () => string;
  readonly ended: Promise<number | null>;
  readonly kill: (signal: NodeJS.Signals) => Promise<number | null>;
}

function retrograde(args: string[], env: Record<string, string>): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"], TMPDIR: tmpdir(), HOST: "127.0.0.1", ...env },
  });
  let output = "";
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    output: () => output,
    stdout: () => stdout,
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function until(command: Run, text: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 50) {
    if (command.output().includes(text)) return;
    await sleep(50);
  }
  throw new Error(`“${text}” did not come:\n${command.output()}`);
}

const READY = " ready {";

/** The pids of Postgres servers on that data folder. */
async function serversOf(dataDir: string): Promise<number[]> {
  const { stdout } = await run("ps", ["-axww", "-o", "pid=,command="]);
  const mark = `retrograde.data_folder=${join(dataDir, "postgres")}`;
  return stdout
    .split("\n")
    .filter((line) => line.trimEnd().endsWith(mark))
    .map((line) => Number.parseInt(line, 10));
}

/** Does what somebody does who pastes the banner's commands into a shell; answers what the last one printed. */
async function paste(banner: string): Promise<string> {
  const commands = banner
    .slice(banner.indexOf("ready to paste:"))
    .split("\n")
    .filter((line) => line.startsWith("    "));
  const { stdout } = await run("bash", ["-c", commands.join("\n")]);
  return stdout;
}

async function takePort(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

interface PastedHistory {
  readonly data: {
    readonly deployRevisions: { readonly nodes: { number: number; status: string; createdBy: { label: string } }[] };
  };
}

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build (npm run test:long does)`);
});

describe("retrograde serve", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "retrograde-serve-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  test("starts on nothing, shows the password once, and keeps its data over SIGTERM and SIGKILL", async () => {
    const { server, port } = await takePort();
    const env = { DATA_DIR: dataDir, PORT: "0" };
    const passwordFile = join(dataDir, "administrator-password");

    // A first start that nobody saw the end of.
    const refused = retrograde(["serve"], { ...env, PORT: String(port) });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`Port ${port} is taken; choose another with PORT\n`);
    expect(refused.output()).not.toContain("Password");
    expect(await serversOf(dataDir)).toEqual([]);
    await new Promise((resolve) => server.close(resolve));

    const first = retrograde(["serve"], env);
    await until(first, READY);
    const password = /Password +(\S+)/.exec(first.output())?.[1] ?? "";
    expect(readFileSync(passwordFile, "utf8")).toBe(`${password}\n`);
    const history = await paste(first.output());
    const { nodes } = (JSON.parse(history) as PastedHistory).data.deployRevisions;
    expect(nodes.map(({ status }) => status)).toEqual(expect.arrayContaining(["DEPLOYED", "FAILED", "SUPERSEDED"]));
    expect(new Set(nodes.map(({ createdBy }) => createdBy.label))).toEqual(
      new Set(["Ada Marsh", "Jun Park", "github-actions"]),
    );
    expect(await first.kill("SIGTERM")).toBe(0);
    expect(await serversOf(dataDir)).toEqual([]);

    const second = retrograde(["serve"], env);
    await until(second, READY);
    expect(second.output()).not.toContain(password);
    expect(await paste(second.output())).toBe(history);
    await second.kill("SIGKILL");

    await rm(passwordFile);
    const third = retrograde(["serve"], env);
    await until(third, READY);
    expect(third.output()).toContain("the one shown at the first start");
    const [postgres] = await serversOf(dataDir);
    process.kill(postgres ?? 0, "SIGQUIT");
    expect(await third.ended).toBe(1);
    expect(third.output()).toContain("FATAL the embedded Postgres has ended by itself");

    const cleanUp = retrograde(["cleanup-deploy-revisions", "--", "--older-than=30", "--dry-run"], {
      DATA_DIR: dataDir,
    });
    expect(await cleanUp.ended).toBe(0);
    expect(JSON.parse(cleanUp.stdout())).toMatchObject({ dryRun: true, olderThanDays: 30 });
  });

  test.each([
    ["SIGTERM", 0],
    ["SIGINT", 0],
    // Wherever it is by then: in a migration, in the demo, or beyond.
    ["SIGTERM", 200],
    ["SIGTERM", 500],
    ["SIGTERM", 800],
  ] as const)(
    "told to stop by %s while starting, %d ms after its database, leaves nothing behind",
    async (signal, ms) => {
      const starting = retrograde(["serve"], { DATA_DIR: dataDir, PORT: "0" });
      await until(starting, "Postgres listens");
      await sleep(ms);
      expect(await starting.kill(signal)).toBe(0);
      expect(starting.output()).not.toMatch(/error/i);
      expect(await serversOf(dataDir)).toEqual([]);
    },
  );

  test("says that the database is out of reach, without its password", async () => {
    const env = { DATA_DIR: dataDir, DATABASE_URL: "postgres://someone:hidden@127.0.0.1:9/nowhere" };
    for (const refused of ["serve", "migrate", "cleanup-deploy-revisions"].map((command) =>
      retrograde([command], env),
    )) {
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toMatch(/^The database 127.0.0.1:9\/nowhere cannot be reached: .*ECONNREFUSED/);
      expect(refused.output()).not.toContain("hidden");
    }
  });

  test("in production wants the migrations first, has no demo, and makes the first user its administrator", async () => {
    const name = `serve_${process.pid}`;
    await administer(`CREATE DATABASE ${name}`);
    const env = {
      DATA_DIR: dataDir,
      DATABASE_URL: withDatabase(serverUrl(), name),
      PORT: "0",
      SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
    };
    try {
      const lacking = [retrograde(["serve"], env), retrograde(["cleanup-deploy-revisions"], env)];
      for (const { ended, output } of lacking) {
        expect(await ended).toBe(1);
        expect(output()).toMatch(/^The database lacks migrations of this version: run `retrograde migrate`/);
      }
      expect(await retrograde(["migrate"], env).ended).toBe(0);
      const cleanUp = retrograde(["cleanup-deploy-revisions", "--", "--older-than=90", "--dry-run"], env);
      expect(await cleanUp.ended).toBe(0);
      expect(JSON.parse(cleanUp.stdout())).toMatchObject({ dryRun: true, olderThanDays: 90, deletedRevisions: 0 });

      const production = retrograde(["serve"], env);
      await until(production, '"msg":"ready"');
      expect(production.output()).not.toMatch(/password/i);
      const lines = production.stdout().trim().split("\n");
      const [told, { url }] = lines.slice(-2).map((line) => JSON.parse(line) as Record<string, string>) as [
        Record<string, string>,
        { url: string },
      ];
      const inviteToken = told["inviteToken"] ?? "";
      expect(told["link"]).toContain(`/v1/token/invitation?token=${inviteToken}`);
      expect(told["msg"]).toContain("there is no user yet");
      const createUser = async (secret: string): Promise<unknown> => {
        const response = await fetch(`${url.replace("0.0.0.0", "127.0.0.1")}/v1`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            query: `mutation { createUser(email: "first@example.com", password: "correct horse battery", inviteToken: "${secret}") { user { roleBindings { role } } } }`,
          }),
        });
        return response.json();
      };
      expect(await createUser("")).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
      expect(await createUser(inviteToken)).toEqual({
        data: { createUser: { user: { roleBindings: [{ role: "SYSTEM_ADMIN" }] } } },
      });
      expect(await production.kill("SIGTERM")).toBe(0);
      const again = retrograde(["serve"], env);
      await until(again, '"msg":"ready"');
      expect(again.output()).not.toContain("there is no user yet");
      expect(await again.kill("SIGTERM")).toBe(0);
      await expect(access(join(dataDir, "postgres"))).rejects.toThrow("ENOENT");
    } finally {
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });

  test("prints the configuration, the schema, its version and its usage without a database", async () => {
    const config = retrograde(["config"], {
      DATA_DIR: dataDir,
      DATABASE_URL: "postgres://someone:hidden@127.0.0.1:9/nowhere",
      AUTH__OPENID_CONNECT__GOOGLE__ENABLED: "true",
    });
    const schema = retrograde(["print-schema"], { DATA_DIR: dataDir });
    expect([await config.ended, await schema.ended]).toEqual([0, 0]);
    expect(config.output()).toMatch(/^server\.port += 8871 +default$/m);
    expect(config.output()).toMatch(/^database\.url += postgres:.* environment: DATABASE_URL$/m);
    expect(config.output()).not.toContain("hidden");
    expect(config.stdout()).not.toContain("warning");
    expect(config.output()).toMatch(/^warning: AUTH__OPENID_CONNECT__GOOGLE__ENABLED is true, but there is no /m);
    expect(schema.output()).toBe(readFileSync(join(ROOT, "schema.graphql"), "utf8"));
    const version = retrograde(["--version"], {});
    const help = retrograde(["serve", "--help"], {});
    expect([await version.ended, await help.ended]).toEqual([0, 0]);
    expect(version.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(help.stdout()).toMatch(/^Usage: /);
  });

  test.each([
    [["dance"], 2, /^There is no command dance\n\nUsage: /],
    [["toString"], 2, /^There is no command toString\n/],
    [["serve", "--fast"], 2, /--fast[^]*Usage: /],
    [["cleanup-deploy-revisions", "--older-than=soon"], 2, /^--older-than takes a number of days\n/],
    [["yarn", "cleanup-deploy-revisions", "--", "--older-than=soon"], 2, /^--older-than takes a number of days\n/],
    [["config", "--values", "no-such.yaml"], 1, /^The configuration has a problem:\n  no-such.yaml: cannot be read/],
  ])("explains itself when it is called as %j", async (args, exitCode, message) => {
    const wrong = retrograde(args, {});
    expect(await wrong.ended).toBe(exitCode);
    expect(wrong.stdout()).toBe("");
    expect(wrong.output()).toMatch(message);
  });
});
