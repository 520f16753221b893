import { setTimeout as sleep } from "node:timers/promises";
import {
  createDeployment,
  deployImage,
  revisionOf,
  signUpAdmin,
  uniqueName,
  type BuiltDeployment,
} from "../../builders/api";
import { ScriptedDriver } from "../../builders/drivers";
import { startTestApp, type TestApp } from "../../world/app";
import { TcpProxy } from "../../world/tcp-proxy";
import { until } from "../../world/until";

const WORKERS = 2;
const LEASE_SECONDS = "5";

describe("workers behind a network that fails", () => {
  let api: TestApp;
  let admin: string;
  let deployment: BuiltDeployment;
  let proxy: TcpProxy;
  let driver: ScriptedDriver;
  let replica: TestApp;

  beforeEach(async () => {
    api = await startTestApp();
    admin = await signUpAdmin(api);
    deployment = await createDeployment(api, admin);
    proxy = await TcpProxy.start({ target: api.database.url });
    driver = new ScriptedDriver();
    replica = await startTestApp({
      driver,
      database: api.database,
      databaseUrl: proxy.url,
      workers: true,
      env: { WORKERS__CONCURRENCY: String(WORKERS), WORKERS__LEASE_SECONDS: LEASE_SECONDS },
    });
  });

  afterEach(async () => {
    proxy.thaw();
    await proxy.accept();
    await replica.close();
    await proxy.stop();
    await api.close();
  });

  const deploy = (tag: string) =>
    deployImage(api, admin, deployment, { image: `registry.example.com/app:${tag}`, rollOut: false });
  const becomesDeployed = (id: string) =>
    until(
      () => revisionOf(api, id),
      ({ status }) => status === "DEPLOYED",
      120_000,
    );
  const readiness = async (world: TestApp) => {
    const answer = await world.app.server.app.inject("/v1/readyz");
    return { status: answer.statusCode, workers: answer.json<{ checks: Record<string, string> }>().checks["workers"] };
  };
  const isReady = () =>
    until(
      () => readiness(replica),
      ({ status, workers }) => status === 200 && workers === "ok",
    );
  const gauge = async (name: string) =>
    new RegExp(`^${name} (\\d+)$`, "m").exec((await replica.app.server.app.inject("/metrics")).body)?.[1];

  test("are all replaced when they lose their connections at the end of a job, more often than there are workers", async () => {
    expect(await readiness(replica)).toEqual({ status: 200, workers: "ok" });
    expect(await readiness(api)).toEqual({ status: 200, workers: undefined });
    for (let round = 0; round < 2 * WORKERS; round++) {
      const tag = uniqueName("held");
      const held = driver.hold(tag);
      const revision = await deploy(tag);
      await held.entered;
      await proxy.refuse();
      held.open();
      await until(
        () => readiness(replica),
        ({ status }) => status === 503,
      );
      await proxy.accept();
      await becomesDeployed(revision.id);
    }
    await isReady();
    expect(await gauge("retrograde_workers_alive")).toBe(String(WORKERS));
    expect(await gauge("retrograde_workers_configured")).toBe(String(WORKERS));
    await becomesDeployed((await deploy("after")).id);
  });

  test("are replaced when they take no job although one is due, as on connections that went silent", async () => {
    await becomesDeployed((await deploy("before")).id);
    proxy.silence();
    await becomesDeployed((await deploy("after")).id);
    await isReady();
  });

  test("give a job back of which they never heard, as its answer was lost", async () => {
    await becomesDeployed((await deploy("before")).id);
    proxy.withholdAnswers();
    const revision = await deploy("unheard-of");
    const locked = () =>
      api.database.sql.query("SELECT id FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL");
    await until(locked, (rows) => rows.length > 0);
    proxy.cut();
    await becomesDeployed(revision.id);
    await isReady();
  });

  test("lose their jobs to another process when their lease runs out, even if the server keeps their sessions", async () => {
    const held = driver.hold("stuck");
    const revision = await deploy("stuck");
    await held.entered;
    proxy.freeze();
    const other = new ScriptedDriver();
    const second = await startTestApp({ driver: other, database: api.database, workers: true });
    try {
      await becomesDeployed(revision.id);
      expect(other.tags).toEqual(["stuck"]);
      const [sessions] = await api.database.sql.query<{ locks: number }>(
        "SELECT count(*) AS locks FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND datname = current_database()",
      );
      // The workers of the second process have their locks, and the server still has those of the first.
      expect(sessions?.locks).toBeGreaterThan(second.config.workers.concurrency);
      proxy.thaw();
      held.open();
      await isReady();
    } finally {
      await second.close();
    }
    await becomesDeployed((await deploy("after")).id);
    expect(driver.tags).toEqual(["stuck", "after"]);
  });

  test("keep their jobs in hand while another set of workers takes over", async () => {
    const held = driver.hold("long");
    const long = await deploy("long");
    await held.entered;
    const [elsewhere, last] = [await createDeployment(api, admin), driver.hold("short")];
    const short = await deployImage(api, admin, elsewhere, { image: "registry.example.com/app:short", rollOut: false });
    await last.entered;
    await proxy.refuse();
    last.open();
    await until(
      () => readiness(replica),
      ({ status }) => status === 503,
    );
    await proxy.accept();
    await becomesDeployed(short.id);
    expect(driver.calls.filter(({ state }) => state.image?.tag === "long").map((call) => call.aborted())).toEqual([
      false,
    ]);
    held.open();
    await becomesDeployed(long.id);
    expect(driver.tags.filter((tag) => tag === "long")).toEqual(["long"]);
  });

  test("give their lease back when they stop", async () => {
    const leases = () => api.database.sql.query("SELECT id FROM worker_lease");
    expect(await leases()).toHaveLength(1);
    await replica.app.stop();
    expect(await leases()).toEqual([]);
  });

  test("stop in time while the database is silent", async () => {
    await sleep(0);
    proxy.freeze();
    const startedAt = Date.now();
    await replica.app.stop();
    expect(Date.now() - startedAt).toBeLessThan(28_000);
  });
});
