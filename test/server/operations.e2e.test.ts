import { setTimeout as sleep } from "node:timers/promises";
import { version } from "../../package.json";
import { poolOf } from "../../src/infrastructure/postgres/data-source";
import {
  ask,
  createDeployment,
  deployImage,
  rollBack,
  ROLLBACK,
  serviceAccountWith,
  signUp,
  signUpAdmin,
} from "../builders/api";
import { ScriptedDriver } from "../builders/drivers";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import { startTestApp, type TestApp } from "../world/app";
import { administer } from "../world/database";

const get = ({ app }: TestApp, url: string) => app.server.app.inject(url);

async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean, patienceMs = 60_000): Promise<T> {
  for (const end = Date.now() + patienceMs; ; await sleep(50)) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`it stays at ${JSON.stringify(seen)}`);
  }
}

describe("health and readiness", () => {
  let world: TestApp;
  beforeAll(async () => {
    world = await startTestApp();
  });
  afterAll(() => world.close());

  const readiness = async () => {
    const { statusCode, body } = await get(world, "/v1/readyz");
    return { status: statusCode, ...(JSON.parse(body) as { checks: object }) };
  };
  const READY = { status: "ready", version, checks: { database: "ok", migrations: "ok", dataFolder: "ok" } };

  test("both say so while all is well, without a login and with a bad one", async () => {
    for (const headers of [{}, { authorization: "stale" }]) {
      const health = await world.app.server.app.inject({ url: "/v1/healthz", headers });
      expect([health.statusCode, health.json()]).toEqual([200, { status: "ok" }]);
      const ready = await world.app.server.app.inject({ url: "/v1/readyz", headers });
      expect([ready.statusCode, ready.json()]).toEqual([200, READY]);
    }
  });

  test("a migration that is missing makes it not ready until it has been run", async () => {
    const { sql } = world.database;
    const [row] = await sql.query<{ timestamp: number; name: string }>(
      "DELETE FROM schema_migration WHERE id = (SELECT max(id) FROM schema_migration) RETURNING timestamp, name",
    );
    try {
      expect((await get(world, "/v1/readyz")).statusCode).toBe(503);
      expect(await readiness()).toEqual({
        status: "not ready",
        version,
        checks: { database: "ok", migrations: "missing", dataFolder: "ok" },
      });
    } finally {
      await sql.query("INSERT INTO schema_migration (timestamp, name) VALUES ($1, $2)", [row?.timestamp, row?.name]);
    }
    expect(await readiness()).toEqual(READY);
  });

  test("a database that keeps everybody waiting makes it not ready and not dead, and takes no other metrics along", async () => {
    const hanging = jest
      .spyOn(poolOf(world.app.dataSource), "query")
      .mockReturnValue(new Promise(() => undefined) as never);
    try {
      const [ready, metrics] = await Promise.all([readiness(), get(world, "/metrics")]);
      expect(ready).toEqual({
        status: "not ready",
        version,
        checks: { database: "unreachable", migrations: "unknown", dataFolder: "ok" },
      });
      expect(metrics.statusCode).toBe(200);
      expect(metrics.body).toMatch(/^retrograde_jobs_waiting nan$/im);
      expect(metrics.body).toContain("retrograde_build_info");
      expect((await get(world, "/v1/healthz")).statusCode).toBe(200);
    } finally {
      hanging.mockRestore();
    }
    expect(await readiness()).toEqual(READY);
  });

  test("a database that is away makes it not ready and not dead, tells clients nothing of its insides, and is found again", async () => {
    const admin = await signUpAdmin(world);
    const name = new URL(world.database.url).pathname.slice(1);
    await administer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
    try {
      await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
      await until(
        () => get(world, "/v1/readyz"),
        ({ statusCode }) => statusCode === 503,
      );
      expect(await readiness()).toEqual({
        status: "not ready",
        version,
        checks: { database: "unreachable", migrations: "unknown", dataFolder: "ok" },
      });
      expect((await get(world, "/v1/healthz")).statusCode).toBe(200);
      const metrics = await get(world, "/metrics");
      expect(metrics.statusCode).toBe(200);
      expect(metrics.body).toMatch(/^retrograde_jobs_waiting nan$/im);

      for (const query of ["{ workspaces { id } }", 'mutation { createWorkspace(label: "x") { id } }']) {
        const { status, errors, data } = await world.send(query, null, admin);
        expect(status).toBe(200);
        expect(Object.values(data)).toEqual([null]);
        expect(errors).toHaveLength(1);
        expect(JSON.stringify(errors)).not.toMatch(
          new RegExp(`${name}|connect|postgres|SELECT|stack|node_modules|127\\.0\\.0\\.1`, "i"),
        );
      }
      expect(await ask(world, "{ appConfig { version } }", null)).toEqual({ appConfig: { version: "0.35.4" } });
    } finally {
      await administer(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true`);
    }
    await until(
      () => get(world, "/v1/readyz"),
      ({ statusCode }) => statusCode === 200,
    );
    expect(await ask(world, 'mutation { createWorkspace(label: "x") { label } }', null, admin)).toEqual({
      createWorkspace: { label: "x" },
    });
  });
});

/** What `/metrics` says of one series, 0 where it has none yet. */
async function figure(world: TestApp, series: string): Promise<number> {
  const { statusCode, headers, body } = await get(world, "/metrics");
  expect([statusCode, headers["content-type"]]).toEqual([200, expect.stringContaining("text/plain")]);
  const line = body.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

/** How much each series grows by what is done. */
async function growth(world: TestApp, series: readonly string[], act: () => Promise<unknown>): Promise<number[]> {
  const look = async (): Promise<number[]> => {
    const seen = [];
    for (const one of series) seen.push(await figure(world, one));
    return seen;
  };
  const before = await look();
  await act();
  return (await look()).map((value, index) => value - (before[index] ?? NaN));
}

describe("metrics", () => {
  let world: TestApp;
  let admin: string;
  let driver: ScriptedDriver;
  beforeAll(async () => {
    driver = new ScriptedDriver();
    world = await startTestApp({ driver });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  test("tell which version runs", async () => {
    expect(await figure(world, `retrograde_build_info{version="${version}"}`)).toBe(1);
  });

  test("count requests by operation and outcome, and time them", async () => {
    const requests = (labels: string) => `retrograde_graphql_requests_total{${labels}}`;
    const series = [
      requests('operation="sysWorkspaces",type="query",outcome="OK"'),
      requests('operation="sysWorkspaces",type="query",outcome="FORBIDDEN"'),
      requests('operation="sysWorkspaces",type="query",outcome="UNAUTHENTICATED"'),
      requests('operation="createWorkspace",type="mutation",outcome="BAD_USER_INPUT"'),
      'retrograde_graphql_request_duration_seconds_count{operation="sysWorkspaces",type="query"}',
      'retrograde_graphql_request_duration_seconds_bucket{le="+Inf",operation="sysWorkspaces",type="query"}',
    ];
    const nobody = (await signUp(world, { by: admin })).token;
    const grown = await growth(world, series, async () => {
      for (const token of [admin, admin, admin, nobody, nobody, undefined])
        await world.send("query MyOwnName { mine: sysWorkspaces { id } }", null, token);
      await world.send('mutation { createWorkspace(label: "") { id } }', null, admin);
    });
    expect(grown).toEqual([3, 2, 1, 1, 6, 6]);
    expect(
      await figure(world, 'retrograde_graphql_request_duration_seconds_sum{operation="sysWorkspaces",type="query"}'),
    ).toBeGreaterThan(0);
    expect((await get(world, "/metrics")).body).not.toMatch(/MyOwnName|mine/);
  });

  test("count rollbacks by what came of them", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    const viewer = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const variables = { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "it broke" };
    const series = ["accepted", "forbidden", "not_found", "bad_user_input"].map(
      (outcome) => `retrograde_rollbacks_total{outcome="${outcome}"}`,
    );
    const grown = await growth(world, series, async () => {
      await rollBack(world, admin, deployment.id, first.id);
      await world.send(ROLLBACK, variables, viewer.token);
      await world.send(ROLLBACK, { ...variables, deploymentUuid: "nonsense" }, admin);
      await world.send(ROLLBACK, { ...variables, description: "" }, admin);
      await world.send(ROLLBACK, { ...variables, description: " " }, admin);
    });
    expect(grown).toEqual([1, 1, 1, 2]);
  });

  test("time rollouts by how they ended", async () => {
    const deployment = await createDeployment(world, admin);
    driver.reject("broken");
    const series = ["DEPLOYED", "FAILED"].map(
      (status) => `retrograde_rollout_duration_seconds_count{status="${status}"}`,
    );
    const grown = await growth(world, series, async () => {
      await deployImage(world, admin, deployment);
      await deployImage(world, admin, deployment);
      await deployImage(world, admin, deployment, { image: "app:broken" });
    });
    expect(grown).toEqual([2, 1]);
    expect(await figure(world, 'retrograde_rollout_duration_seconds_sum{status="DEPLOYED"}')).toBeGreaterThan(0);
  });

  test("tell how many jobs wait", async () => {
    const grown = await growth(world, ["retrograde_jobs_waiting"], async () => {
      for (let n = 0; n < 3; n++)
        await deployImage(world, admin, await createDeployment(world, admin), { rollOut: false });
    });
    expect(grown).toEqual([3]);
  });

  test("tell the age of the oldest unfinished revision", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await deployImage(world, admin, deployment, { rollOut: false });
    await world.database.sql.query("UPDATE deploy_revision SET created_at = now() - interval '1 hour' WHERE id = $1", [
      id,
    ]);
    expect(await figure(world, "retrograde_oldest_unfinished_revision_seconds")).toBeGreaterThanOrEqual(3600);
    await world.database.sql.query("UPDATE deploy_revision SET status = 'SUPERSEDED' WHERE status = 'INITIALIZED'");
    expect(await figure(world, "retrograde_oldest_unfinished_revision_seconds")).toBe(0);
  });

  test("tell how far the log export lags while Elasticsearch is down, and what it has taken since", async () => {
    const elasticsearch = await new FakeElasticsearch().start();
    await elasticsearch.stop();
    const exporting = await startTestApp({ workers: true, env: { ELASTICSEARCH_URL: elasticsearch.url } });
    try {
      const token = await signUpAdmin(exporting);
      const deployment = await createDeployment(exporting, token);
      await deployImage(exporting, token, deployment);
      const lag = () => figure(exporting, "retrograde_log_export_lag_seconds");
      expect(await until(lag, (seconds) => seconds > 0.5)).toBeLessThan(60);
      expect(await figure(exporting, "retrograde_log_lines_exported_total")).toBe(0);
      await elasticsearch.start();
      await until(lag, (seconds) => seconds === 0);
      const exported = await figure(exporting, "retrograde_log_lines_exported_total");
      expect(exported).toBeGreaterThanOrEqual(2);
      expect(elasticsearch.documents().filter(({ index }) => index.startsWith("fluentd."))).toHaveLength(exported);
      expect(await figure(exporting, "retrograde_log_lines_rejected_total")).toBe(0);
    } finally {
      await exporting.close();
      await elasticsearch.stop();
    }
  });
});

describe("what the command-line client asks first, whatever token it holds", () => {
  const ASKED = `query ($redirect: String) {
    appConfig {
      version baseDomain byoUpdateRegistryHost smtpConfigured manualReleaseNames configureDagDeployment nfsMountDagDeployment
      manualNamespaceNames hardDeleteDeployment triggererEnabled featureFlags
    }
    authConfig(redirect: $redirect) { localEnabled publicSignup initialSignup providers { name } }
  }`;

  test("appConfig follows the configuration, and authConfig knows whether anybody is there yet", async () => {
    const world = await startTestApp({
      env: {
        HELM__BASE_DOMAIN: "example.com",
        PUBLIC_SIGNUPS: "true",
        DEPLOYMENTS__NFS_MOUNT_DAG_DEPLOYMENT: "true",
        DEPLOYMENTS__TRIGGERER_ENABLED: "false",
        DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "false",
      },
    });
    try {
      const { appConfig, authConfig } = await ask(world, ASKED, { redirect: "http://localhost" });
      expect(appConfig).toEqual({
        version: "0.35.4",
        baseDomain: "example.com",
        byoUpdateRegistryHost: null,
        smtpConfigured: false,
        manualReleaseNames: true,
        configureDagDeployment: true,
        nfsMountDagDeployment: true,
        manualNamespaceNames: false,
        hardDeleteDeployment: false,
        triggererEnabled: false,
        featureFlags: {
          nfsMountDagDeployment: true,
          hardDeleteDeployment: false,
          manualNamespaceNames: false,
          triggererEnabled: false,
          gitSyncDagDeployment: false,
          namespaceFreeFormEntry: false,
          byoUpdateRegistryEnabled: false,
          astroRuntimeEnabled: true,
          dagOnlyDeployment: false,
        },
      });
      expect(authConfig).toEqual({
        localEnabled: true,
        publicSignup: true,
        initialSignup: true,
        providers: [{ name: "local" }],
      });
      await signUpAdmin(world);
      expect((await ask(world, ASKED, null)).authConfig.initialSignup).toBe(false);
    } finally {
      await world.close();
    }
  });

  test("a stale, deleted, malformed or missing token makes no difference", async () => {
    const world = await startTestApp();
    try {
      const admin = await signUpAdmin(world);
      const deployment = await createDeployment(world, admin);
      const key = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
      await world.database.sql.query("DELETE FROM service_account WHERE id = $1", [key.id]);
      const user = await signUp(world, { by: admin });
      await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [user.id]);
      const expected = await ask(world, ASKED, {}, admin);
      for (const token of [
        undefined,
        "",
        "Bearer ",
        "nonsense",
        "a.b.c",
        `${admin}x`,
        key.token,
        user.token,
        "ü".repeat(3),
        "x".repeat(8_000),
      ]) {
        const { status, errors, data } = await world.send(ASKED, null, token);
        expect({ status, errors, data }).toEqual({ status: 200, errors: undefined, data: expected });
      }
    } finally {
      await world.close();
    }
  });
});
