import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AesSecretBox } from "../../../src/infrastructure/secrets/aes-secret-box";
import { filesIn } from "../../builders/releases";
import { FakeElasticsearch } from "../../fakes/fake-elasticsearch";
import {
  DAGS_WAITING,
  FACTS,
  HISTORY_QUERY,
  SETTINGS,
  type FormerRevision,
} from "../../fixtures/installation-069d30a/facts";
import { restoreFormerInstallation, type FormerInstallation } from "../../fixtures/installation-069d30a/restore";
import { ApiClient, ServiceProcess } from "../../world/service-process";

interface FormerRows {
  readonly waitingLines: readonly string[];
  readonly auditLines: readonly string[];
}

/** Fails after three minutes; `what` is read out then. */
async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 180_000; !(await holds()); await sleep(100)) {
    if (Date.now() > end) throw new Error(`not within three minutes: ${what}`);
  }
}

describe("an installation of commit 069d30a on this build", () => {
  let former: FormerInstallation;
  let rows: FormerRows;
  let elasticsearch: FakeElasticsearch;
  let service: ServiceProcess;
  let api: ApiClient;
  let deployments: readonly { id: string; releaseName: string }[];

  const idOf = (releaseName: string): string => deployments.find((one) => one.releaseName === releaseName)?.id ?? "";
  const historyOf = async (releaseName: string): Promise<FormerRevision[]> =>
    (await api.ask(HISTORY_QUERY, { id: idOf(releaseName) })).deployRevisions.nodes;
  const formerHistoryOf = (releaseName: string): readonly FormerRevision[] => former.facts.history[releaseName] ?? [];
  const idsOf = async (query: string): Promise<string[]> =>
    (await former.query<{ id: string }>(query)).map(({ id }) => id);
  const unfinished = (): Promise<string[]> => idsOf("SELECT id FROM deploy_revision WHERE status = 'INITIALIZED'");

  // Nothing is asked of the operator but the start: it migrates, goes on with the rollouts, and exports.
  beforeAll(async () => {
    former = await restoreFormerInstallation();
    rows = {
      waitingLines: await idsOf(
        "SELECT id FROM log_line UNION ALL SELECT id FROM audit_line WHERE export_state = 'WAITING'",
      ),
      auditLines: await idsOf("SELECT id FROM audit_line"),
    };
    // The fixture grows old: its keys would be over, its targets out of reach.
    await former.query("UPDATE idempotency_key SET expires_at = now() + interval '1 hour'");
    elasticsearch = await new FakeElasticsearch().start();
    service = ServiceProcess.run(["serve"], {
      ...SETTINGS,
      DATABASE_URL: former.databaseUrl,
      MIGRATE_ON_START: "true",
      DATA_DIR: former.dataDir,
      ELASTICSEARCH_URL: elasticsearch.url,
      DEPLOYMENTS__DEPLOY_ROLLBACK__DEPLOY_REVISION_REPORT_NUMBER_OF_DAYS: "3650",
      CLEANUP_DEPLOY_REVISIONS__ENABLED: "false",
      PORT: "0",
    });
    api = await new ApiClient(await service.ready()).signIn(former.facts.adminEmail, FACTS.password);
    const [{ id }] = (await api.ask("{ workspaces { id } }")).workspaces;
    deployments = (
      await api.ask("query ($id: Uuid!) { workspaceDeployments(workspaceUuid: $id) { id releaseName } }", { id })
    ).workspaceDeployments;
  }, 300_000);

  afterAll(async () => {
    await service?.end();
    await elasticsearch?.stop();
    await former?.drop();
    if (former !== undefined) await rm(former.dataDir, { recursive: true, force: true });
  });

  test("rolls out what waited, by itself, and keeps the history line by line without a gap", async () => {
    const waited = Object.values(former.facts.history)
      .flat()
      .filter(({ status }) => status === "INITIALIZED");
    expect(waited).toHaveLength(2);
    await eventually("every deploy has ended", async () => (await unfinished()).length === 0);

    expect(deployments.map(({ releaseName }) => releaseName).sort()).toEqual(Object.keys(former.facts.history).sort());
    for (const { releaseName } of deployments) {
      const before = formerHistoryOf(releaseName);
      const rolledOut = before[0]?.status === "INITIALIZED";
      const expected = before.map((revision, index) => {
        if (!rolledOut) return revision;
        return index === 0
          ? { ...revision, status: "DEPLOYED", isCurrent: true, finishedAt: expect.any(String) }
          : { ...revision, isCurrent: false };
      });
      const after = await historyOf(releaseName);
      expect(after).toEqual(expected);
      expect(after.map(({ number }) => number)).toEqual(after.map((_, index) => after.length - index));
    }
    expect(await filesIn(join(former.dataDir, "releases", "demo-ingestion", "dags"))).toEqual(DAGS_WAITING);
  });

  test("exports the lines that had not been exported, each once, and no other again", async () => {
    const arrived = (): Map<string, number> =>
      new Map(elasticsearch.documents().map(({ id, version }) => [id, version]));
    expect(rows.waitingLines.length).toBeGreaterThan(5);
    await eventually("every line has arrived", async () => rows.waitingLines.every((id) => arrived().has(id)));
    for (const id of rows.waitingLines) expect([id, arrived().get(id)]).toEqual([id, 1]);
    expect(former.facts.exportedIds.filter((id) => arrived().has(id))).toEqual([]);
    const kept = new Set(await idsOf("SELECT id FROM audit_line"));
    expect(rows.auditLines.filter((id) => !kept.has(id))).toEqual([]);
  });

  test("serves every bundle that a revision names", async () => {
    const bundles = Object.values(former.facts.history)
      .flat()
      .flatMap(({ dagBundle }) => dagBundle ?? []);
    expect(bundles.length).toBeGreaterThan(5);
    for (const { version, sha256 } of bundles) {
      const answer = await api.fetch(`/demo-ingestion/dags/download?version=${encodeURIComponent(version)}`);
      expect(answer.status).toBe(200);
      expect(
        createHash("sha256")
          .update(Buffer.from(await answer.arrayBuffer()))
          .digest("hex"),
      ).toBe(sha256);
    }
  });

  test("keeps keys, secrets, Teams and the answer to a repeated request", async () => {
    const byKey = api.withToken(former.facts.apiKey);
    expect(
      (
        await byKey.ask("query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { id } } }", {
          id: idOf("demo-analytics"),
        })
      ).deployRevisions.nodes,
    ).toHaveLength(13);
    expect(await former.query("SELECT name FROM team")).toEqual([{ name: "Platform" }]);
    const [row] = await former.query<{ variables: { key: string; sealed: string }[] }>(
      "SELECT environment_variables AS variables FROM deployment WHERE release_name = 'demo-ingestion'",
    );
    const sealed = row?.variables.find(({ key }) => key === "TOKEN")?.sealed ?? "";
    expect(
      new AesSecretBox([SETTINGS.SECRETS__ENCRYPTION_KEYS])
        .of(idOf("demo-ingestion"))
        .open(sealed, "environmentVariables.TOKEN"),
    ).toBe(FACTS.secret);

    const { rollbackDeploy } = await api.ask(
      `mutation ($id: Uuid!, $target: Uuid!, $key: String!) {
        rollbackDeploy(deploymentUuid: $id, deployRevisionId: $target, description: "dbt again", idempotencyKey: $key) { id } }`,
      {
        id: idOf("demo-analytics"),
        target: formerHistoryOf("demo-analytics").find(({ number }) => number === 10)?.id,
        key: FACTS.idempotencyKey,
      },
    );
    expect(rollbackDeploy.id).toBe(former.facts.keptRevisionId);
  });

  test("rolls back to a revision of the old version", async () => {
    const target = formerHistoryOf("demo-ingestion").find(({ number }) => number === 4);
    await eventually("every deploy has ended", async () => (await unfinished()).length === 0);
    const { rollbackDeploy } = await api.ask(
      `mutation ($id: Uuid!, $target: Uuid!) {
        rollbackDeploy(deploymentUuid: $id, deployRevisionId: $target, description: "as it was") { id number } }`,
      { id: idOf("demo-ingestion"), target: target?.id },
    );
    expect(rollbackDeploy.number).toBe(10);
    await eventually(
      "the rollback has ended",
      async () => (await historyOf("demo-ingestion"))[0]?.status !== "INITIALIZED",
    );
    expect((await historyOf("demo-ingestion"))[0]).toMatchObject({
      status: "DEPLOYED",
      isCurrent: true,
      dagTarballVersion: target?.dagBundle?.version,
    });
    expect(
      Object.keys((await filesIn(join(former.dataDir, "releases", "demo-ingestion", "dags"))) ?? {}).sort(),
    ).toEqual(["common/warehouse.py", "customers.py", "orders.py"]);
  });
});
