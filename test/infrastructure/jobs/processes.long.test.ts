import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createDeployment, deployImage, revisionOf, signUpAdmin, type BuiltDeployment } from "../../builders/api";
import { startTestApp, type TestApp } from "../../world/app";
import { TcpProxy } from "../../world/tcp-proxy";
import { until } from "../../world/until";

const MAIN = join(__dirname, "..", "..", "..", "dist", "src", "main.js");
const LEASE_SECONDS = 5;
/** What Kubernetes grants by default. */
const GRACE_MS = 30_000;

/** What the log says of the workers. */
const WORKERS = /workers|background jobs/;

type Line = Readonly<Record<string, unknown>>;

/** The service as a process of its own. */
class Service {
  readonly lines: Line[] = [];
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(env: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN, "serve"], {
      env: {
        PATH: process.env["PATH"],
        HOST: "127.0.0.1",
        PORT: "0",
        WORKERS__LEASE_SECONDS: String(LEASE_SECONDS),
        ...env,
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
    createInterface(this.child.stdout as NodeJS.ReadableStream).on("line", (line) => {
      if (line.startsWith("{")) this.lines.push(JSON.parse(line) as Line);
    });
  }

  async ready(): Promise<string> {
    const line = await until(
      async () => this.lines.find(({ msg }) => msg === "ready"),
      (found) => found !== undefined || this.hasEnded,
      120_000,
    );
    if (line === undefined) throw new Error("the service has ended");
    return line["url"] as string;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The messages with that text, in their order. */
  said(pattern: RegExp): string[] {
    return this.lines.map(({ msg }) => String(msg)).filter((message) => pattern.test(message));
  }
}

describe("a process with workers", () => {
  let api: TestApp;
  let admin: string;
  let deployment: BuiltDeployment;
  let proxy: TcpProxy;
  let dataDir: string;
  let services: Service[];

  beforeAll(() => {
    if (!existsSync(MAIN)) throw new Error("dist/ is missing: npm run build");
  });

  beforeEach(async () => {
    api = await startTestApp();
    admin = await signUpAdmin(api);
    deployment = await createDeployment(api, admin);
    proxy = await TcpProxy.start({ target: api.database.url });
    dataDir = await mkdtemp(join(tmpdir(), "retrograde-workers-"));
    services = [];
  });

  afterEach(async () => {
    for (const service of services) service.send("SIGKILL");
    await Promise.all(services.map(({ ended }) => ended));
    await proxy.stop();
    await api.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  function serve(databaseUrl: string): Service {
    const service = new Service({
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      SECRETS__ENCRYPTION_KEYS: api.config.secrets.encryptionKeys.join(),
    });
    services.push(service);
    return service;
  }

  const deploy = (tag: string) =>
    deployImage(api, admin, deployment, { image: `registry.example.com/app:${tag}`, rollOut: false });
  const becomesFinal = (id: string) =>
    until(
      () => revisionOf(api, id),
      ({ status }) => status !== "INITIALIZED",
      120_000,
    );
  const readiness = async (url: string) => (await fetch(`${url}/v1/readyz`)).status;

  test("outlives a database that is away over a full minute, and says so once", async () => {
    const service = serve(proxy.url);
    const url = await service.ready();
    const before = service.said(WORKERS).length;
    await proxy.refuse();
    await sleep(65_000);
    expect(service.hasEnded).toBe(false);
    expect(await readiness(url)).toBe(503);
    await proxy.accept();
    expect((await becomesFinal((await deploy("after")).id)).status).toBe("DEPLOYED");
    await until(
      () => readiness(url),
      (status) => status === 200,
    );
    const told = await until(
      async () => service.said(WORKERS).slice(before),
      (lines) => lines.length >= 2,
    );
    expect(told).toEqual([
      expect.stringMatching(/^the workers have not reached the database|^no background jobs run/),
      "all 4 workers run background jobs again",
    ]);
    // The next full minute is on time again.
    const queued = () =>
      api.database.sql.query<{ task: string }>(
        "SELECT task FROM job_schedule WHERE last_due_at > now() - interval '2 minutes'",
      );
    await until(queued, (rows) => rows.length > 0, 120_000);
  });

  test("ends within its grace period while the database is silent", async () => {
    const service = serve(proxy.url);
    const url = await service.ready();
    proxy.freeze();
    const hanging = fetch(`${url}/v1`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: 'mutation { createToken(identity: "a", password: "b") { token { value } } }' }),
    }).catch(() => undefined);
    await sleep(500);
    const startedAt = Date.now();
    service.send("SIGTERM");
    await service.ended;
    expect(Date.now() - startedAt).toBeLessThan(GRACE_MS);
    await hanging;
  });

  test("that was suspended for longer than its lease goes on with new workers, and nothing is done twice", async () => {
    const [suspended, other] = [serve(api.database.url), serve(api.database.url)];
    await Promise.all([suspended.ready(), other.ready()]);
    const leases = () => api.database.sql.query("SELECT id FROM worker_lease");
    await until(leases, (rows) => rows.length === 2);
    const revisions = [];
    const until12s = Date.now() + 2_500 * LEASE_SECONDS;
    /** The process may have been suspended while it held the Deployment's lock. */
    const deployOnceUnlocked = (tag: string): ReturnType<typeof deploy> =>
      deploy(tag).catch((error: Error) => {
        if (!error.message.startsWith("UNAVAILABLE")) throw error;
        return deployOnceUnlocked(tag);
      });
    for (let turn = 0; Date.now() < until12s || turn < 5; turn++) {
      revisions.push(await deployOnceUnlocked(`turn-${turn}`));
      if (turn === 2) suspended.send("SIGSTOP");
      await sleep(100);
    }
    await until(leases, (rows) => rows.length === 1);
    suspended.send("SIGCONT");
    await until(leases, (rows) => rows.length === 2);
    await until(
      async () => suspended.said(/others took its jobs/),
      (lines) => lines.length === 1,
    );
    for (const { id } of revisions) await becomesFinal(id);
    const finals = await api.database.sql.query<{ lines: number }>(
      `SELECT count(*) AS lines FROM log_line WHERE fields->>'event' IN ('deployed', 'failed', 'superseded') GROUP BY fields->>'revisionId'`,
    );
    expect(finals.map(({ lines }) => lines)).toEqual(revisions.map(() => 1));
    expect((await becomesFinal((await deploy("last")).id)).status).toBe("DEPLOYED");
    expect([suspended.hasEnded, other.hasEnded]).toEqual([false, false]);
  });
});
