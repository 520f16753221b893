import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCli } from "../../src/cli/run-cli";
import {
  createDeployment,
  deployImage,
  headOf,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  uniqueName,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { ScriptedDriver } from "../builders/drivers";
import { startTestApp, type TestApp } from "../world/app";

const driver = new ScriptedDriver();
let world: TestApp;
let admin: string;
let url: string;
let home: string;
beforeAll(async () => {
  world = await startTestApp({ driver, workers: true });
  admin = await signUpAdmin(world);
  url = `http://127.0.0.1:${(world.app.server.app.server.address() as AddressInfo).port}`;
  home = await mkdtemp(join(tmpdir(), "retrograde-home-"));
});
afterAll(async () => {
  await world.close();
  await rm(home, { recursive: true });
});

interface RunOptions {
  readonly token?: string | null;
  readonly server?: string;
  /** What somebody types on a terminal; without it nobody is there. */
  readonly typed?: string;
  /** What stdin holds where it is no terminal. */
  readonly input?: string;
  readonly onTerminal?: boolean;
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as varied as the commands
  readonly json: any;
}

/** Runs a command as the process does, in this one. */
async function run(args: string[], options: RunOptions = {}): Promise<Ran> {
  const { token = admin, server = url, typed, input = "", onTerminal = typed !== undefined } = options;
  const out = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof out): PassThrough & { isTTY?: boolean } => {
    const stream = new PassThrough();
    stream.on("data", (chunk: Buffer) => (out[name] += chunk.toString()));
    return Object.assign(stream, { isTTY: onTerminal });
  };
  const stdin = typed === undefined ? Readable.from([input]) : Object.assign(new PassThrough(), { isTTY: true });
  if (stdin instanceof PassThrough) stdin.write(typed);
  const env = token === null ? {} : { RETROGRADE_URL: server, RETROGRADE_TOKEN: token };
  const code = await runCli(args, { env, homeFolder: home, stdin, stdout: sink("stdout"), stderr: sink("stderr") });
  await new Promise((resolve) => setImmediate(resolve));
  return {
    code,
    ...out,
    get json() {
      return JSON.parse(out.stdout);
    },
  };
}

/** A Deployment with two deploys, the second of which runs. */
async function twoDeploys(): Promise<BuiltDeployment> {
  const deployment = await createDeployment(world, admin, { runtimeVersion: "11.4.0" });
  await deployImage(world, admin, deployment, { description: "first" });
  await deployImage(world, admin, deployment, { description: "second" });
  return deployment;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const MESSAGE = ["-m", "it broke"];

describe("signing in", () => {
  const file = (): string => join(home, ".config/retrograde/credentials.json");
  const kept = async () => JSON.parse(await readFile(file(), "utf8"));
  afterEach(() => rm(file(), { force: true }));

  test("by password, from stdin or a terminal, keeps the session; commands then use it", async () => {
    const username = uniqueName("person");
    await signUp(world, { by: admin, username });
    for (const options of [{ input: "correct horse\n" }, { typed: "correct horse\n" }]) {
      const { code, stderr, stdout } = await run(["login", url, "--identity", username], { token: null, ...options });
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
      expect(stderr).toContain(`Signed in to ${url}/v1 as ${username}`);
      expect(stderr).not.toContain("correct horse");
      expect(await kept()).toEqual({ url: `${url}/v1`, token: expect.any(String) });
    }
    expect((await run(["deployments"], { token: null })).json).toEqual([]);
  });

  test("by the key of a service account", async () => {
    const { token } = await serviceAccountWith(world, admin, "SYSTEM_VIEWER");
    expect((await run(["login", url], { token: null, input: `${token}\n` })).code).toBe(0);
    expect((await kept()).token).toBe(token);
  });

  test("in vain keeps what was there", async () => {
    await run(["login", url], { token: null, input: admin });
    const before = await kept();
    const attempts: [string[], string, number][] = [
      [["--identity", "nobody"], "wrong\n", 6],
      [[], "no-such-token", 6],
      [[], "a b", 2],
      [[], "", 2],
    ];
    for (const [args, input, code] of attempts)
      expect((await run(["login", url, ...args], { token: null, input })).code).toBe(code);
    expect((await run(["login", "http://127.0.0.1:9"], { token: null, input: "t" })).code).toBe(9);
    expect(await kept()).toEqual(before);
  });
});

describe("reading", () => {
  let deployment: BuiltDeployment;
  beforeAll(async () => {
    deployment = await twoDeploys();
  });

  test("Deployments and their history, as a table on a terminal and as JSON elsewhere", async () => {
    const list = await run(["deployments", "--search", deployment.releaseName]);
    expect(list.json).toMatchObject([{ releaseName: deployment.releaseName, currentRevision: { number: 2 } }]);
    const shown = await run(["deployments", "--search", deployment.releaseName], { onTerminal: true });
    expect(shown.stdout).toMatch(/^RELEASE +LABEL +WORKSPACE/);
    expect(shown.stdout).toContain(deployment.releaseName);

    const history = await run(["history", deployment.releaseName]);
    expect(history.json.map(({ number }: { number: number }) => number)).toEqual([2, 1]);
    const table = (await run(["history", deployment.id, "--limit", "1", "--table"])).stdout.split("\n");
    expect(table[1]).toMatch(/^\* +#2 +DEPLOYED +IMAGE_AND_DAG .* Runtime 11\.4\.0 .* second$/);
    expect(table[2]).toBe("");
    expect((await run(["history", deployment.releaseName, "--status", "FAILED"])).json).toEqual([]);
  });

  test("more than one page of them", async () => {
    const workspaceId = deployment.workspaceId;
    const label = uniqueName("many");
    for (let n = 0; n < 51; n += 1)
      await createDeployment(world, admin, { workspaceId, label: `${label}-${n}`, rollbackEnabled: false });
    const names = (await run(["deployments", "--search", label])).json.map(
      (one: { releaseName: string }) => one.releaseName,
    );
    expect(new Set(names).size).toBe(51);
  });

  test("a plan", async () => {
    const { json, code } = await run(["plan", deployment.releaseName]);
    expect({ code, json }).toMatchObject({ code: 0, json: { allowed: true, from: { number: 2 }, to: { number: 1 } } });
    const { stdout } = await run(["plan", deployment.releaseName, "1"], { onTerminal: true });
    expect(stdout).toContain(`${deployment.releaseName}: from #2 (second)`);
    expect(stdout).toMatch(/^image /m);
    const refused = await run(["plan", deployment.releaseName, "2"], { onTerminal: true });
    expect(refused.code).toBe(5);
    expect(refused.stdout).toContain("Blocker TARGET_IS_CURRENT");
  });

  test("logs, line by line", async () => {
    const lines = (await run(["logs", deployment.releaseName, "--search", "Revision 2"])).stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).message)).toContainEqual(expect.stringContaining("Revision 2"));
    expect((await run(["logs", deployment.releaseName, "--since", "2999-01-01"])).stdout).toBe("");
  });

  test("what is not there, or not for the caller, has exit codes of its own", async () => {
    expect((await run(["history", "no-such-release"])).code).toBe(7);
    expect((await run(["watch", deployment.releaseName, "9"])).code).toBe(7);
    expect((await run(["plan", deployment.releaseName, "9"])).code).toBe(7);
    const stranger = (await userWith(world, admin, "USER").catch(() => signUp(world, { by: admin }))).token;
    expect((await run(["history", deployment.releaseName], { token: stranger })).code).toBeGreaterThanOrEqual(6);
    const nobody = await run(["deployments"], { token: "no-such-token" });
    expect({ code: nobody.code, stdout: nobody.stdout }).toEqual({ code: 6, stdout: "" });
  });
});

describe("rolling back", () => {
  test("shows the plan, asks, and waits for the end", async () => {
    const deployment = await twoDeploys();
    const { code, stderr, stdout } = await run(["rollback", deployment.releaseName, "1", ...MESSAGE, "--wait"], {
      typed: "y\n",
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "#3 is DEPLOYED\n" });
    expect(stderr).toContain("from #2 (second)");
    expect(stderr).toContain(`Roll ${deployment.releaseName} back from #2 to #1? [y/N]`);
    expect(stderr).toMatch(/#3 COME_UP SUCCEEDED after \d+ s/);
    expect((await run(["history", deployment.releaseName])).json[0]).toMatchObject({
      number: 3,
      description: "it broke",
      isCurrent: true,
    });
  });

  test("changes nothing without a yes", async () => {
    const deployment = await twoDeploys();
    for (const typed of ["n\n", "\n", "yesterday\n", "\u0004"]) {
      const { code } = await run(["rollback", deployment.releaseName, ...MESSAGE], { typed });
      expect(code).toBe(1);
    }
    expect((await run(["rollback", deployment.releaseName, ...MESSAGE])).code).toBe(2);
    expect((await run(["rollback", deployment.releaseName, "2", ...MESSAGE, "--yes"])).code).toBe(5);
    expect((await run(["rollback", deployment.releaseName, "-m", " ", "--yes"])).code).toBe(5);
    expect(await headOf(world, deployment.id)).toMatchObject({ number: 2 });
  });

  test("loses data only where that was said", async () => {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.0.0" });
    await deployImage(world, admin, deployment, { runtimeVersion: "11.4.0" });
    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
    const refused = await run(["rollback", deployment.releaseName, ...MESSAGE, "--yes"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--acknowledge-data-loss");
    expect(await headOf(world, deployment.id)).toMatchObject({ number: 2 });
    const done = await run([
      "rollback",
      deployment.releaseName,
      ...MESSAGE,
      "--yes",
      "--acknowledge-data-loss",
      "--wait",
    ]);
    expect({ code: done.code, json: done.json }).toMatchObject({ code: 0, json: { number: 3, status: "DEPLOYED" } });
  });

  test("ends with a code for each final status, and for a time that is over", async () => {
    const deployment = await createDeployment(world, admin);
    const tag = uniqueName("once");
    await deployImage(world, admin, deployment, { image: `registry.example.com/a:${tag}` });
    await deployImage(world, admin, deployment);
    driver.reject(tag);
    const failed = await run(["rollback", deployment.releaseName, "1", ...MESSAGE, "--yes", "--wait"]);
    expect({ code: failed.code, json: failed.json }).toMatchObject({ code: 3, json: { number: 3, status: "FAILED" } });
    expect(failed.stderr).toContain(`${tag} can never run`);
    expect((await run(["watch", deployment.releaseName, "3"])).code).toBe(3);
    expect((await run(["watch", deployment.releaseName, "#2"])).code).toBe(0);

    const slow = uniqueName("slow");
    const gate = driver.hold(slow);
    const held = await deployImage(world, admin, deployment, {
      image: `registry.example.com/a:${slow}`,
      rollOut: false,
    });
    await gate.entered;
    const late = await run(["watch", deployment.releaseName, "--timeout", "1s"]);
    expect({ code: late.code, stdout: late.stdout }).toEqual({ code: 8, stdout: "" });
    expect(late.stderr).toContain("its rollout goes on");
    const watching = run(["watch", deployment.releaseName, String(held.number)]);
    await deployImage(world, admin, deployment);
    gate.open();
    expect((await watching).code).toBe(4);
  });

  test("is carried out once where the answer is lost, and followed through a time without a server", async () => {
    const deployment = await twoDeploys();
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      void (async () => {
        const body = await text(request);
        const [, operation = ""] = /(?:query|mutation) (\w+)/.exec(body) ?? [];
        seen.push(operation);
        const headers = { "content-type": "application/json", authorization: String(request.headers.authorization) };
        const answer = await (await fetch(`${url}/v1`, { method: "POST", headers, body })).text();
        const times = seen.filter((one) => one === operation).length;
        if (operation === "RollBack" && times === 1) response.destroy();
        else if (operation === "Follow" && times === 1) response.writeHead(502).end("<html>");
        else response.writeHead(200, headers).end(answer);
      })();
    });
    const server = await listening(proxy);
    try {
      const { code, stderr } = await run(["rollback", deployment.releaseName, "1", ...MESSAGE, "--yes", "--wait"], {
        server,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("#3 waits for the server") });
      expect(seen.filter((operation) => operation === "RollBack")).toHaveLength(2);
      expect(await headOf(world, deployment.id)).toMatchObject({ number: 3 });
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  test("is undone with what it has held", async () => {
    const deployment = await twoDeploys();
    const name = deployment.releaseName;
    expect((await run(["undo", name, ...MESSAGE, "--yes"])).code).toBe(5);
    await run(["rollback", name, ...MESSAGE, "--yes", "--hold", "--wait"]);
    expect((await run(["hold", "list", name])).json).toHaveLength(1);
    const done = await run(["undo", name, ...MESSAGE, "--yes", "--wait"]);
    expect({ code: done.code, stderr: done.stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining("#4 is recorded"),
    });
    expect((await run(["hold", "list", name])).json).toEqual([]);
    expect((await run(["undo", name, "3", ...MESSAGE, "--yes"])).code).toBe(5);
  });
});

test("holds are put, listed and lifted", async () => {
  const { releaseName } = await twoDeploys();
  const { json } = await run(["hold", "add", releaseName, "1", "-m", "bad"]);
  expect(json).toMatchObject({ reason: "bad" });
  const { stdout } = await run(["hold", "list", releaseName], { onTerminal: true });
  expect(stdout).toContain(json.id);
  expect((await run(["rollback", releaseName, "1", ...MESSAGE, "--yes"])).stderr).toContain("TARGET_QUARANTINED");
  expect((await run(["hold", "lift", json.id])).code).toBe(0);
  expect((await run(["hold", "lift", json.id])).code).toBe(7);
  expect((await run(["hold", "lift", "nonsense"])).code).toBe(7);
});

test("an answer that is none of a Retrograde, and one that leads elsewhere, say so", async () => {
  const answers: [number, Record<string, string>, string, number, string][] = [
    [302, { location: "https://elsewhere.example.com/" }, "", 1, "leads to https://elsewhere.example.com/"],
    [200, {}, "<html>", 1, "is not the API of a Retrograde"],
    [404, {}, "{}", 1, "is not the API of a Retrograde"],
    [200, {}, "null", 1, "is not the API of a Retrograde"],
  ];
  let next = 0;
  const server = createServer((_request, response) => {
    const [status, headers, body] = answers[next++] ?? [500, {}, ""];
    response.writeHead(status, headers).end(body);
  });
  const other = await listening(server);
  try {
    for (const [, , , code, message] of answers) {
      const ran = await run(["deployments"], { server: other });
      expect(ran.code).toBe(code);
      expect(ran.stderr).toContain(message);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Needs `npm run build`, as the tests of the service as a process do. */
test("the process ends with the exit code, and loads nothing of the service", async () => {
  const deployment = await twoDeploys();
  const main = join(__dirname, "../../dist/src/main.js");
  const list = join(home, "loaded.cjs");
  await writeFile(list, `process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));`);
  const child = spawn(process.execPath, ["--require", list, main, "watch", deployment.releaseName, "1"], {
    env: { PATH: process.env["PATH"], HOME: home, RETROGRADE_URL: url, RETROGRADE_TOKEN: admin },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, json: JSON.parse(stdout) }).toMatchObject({ code: 0, json: { number: 1, status: "DEPLOYED" } });
  const loaded = stderr.split("\n").filter((path) => path.includes("/dist/src/"));
  expect(loaded.filter((path) => !/\/src\/(cli\/|main\.js|commands\/usage-error\.js)/.test(path))).toEqual([]);
});
