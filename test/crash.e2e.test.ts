import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeElasticsearch } from "./fakes/fake-elasticsearch";
import { createTestDatabase, type TestDatabase } from "./world/database";

const MAIN = join(__dirname, "..", "dist", "src", "main.js");
/** 50 for a long run: CRASH_ROUNDS=50 npx jest test/crash */
const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 4);
const DIGEST = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** The service as a process of its own, on a database and an Elasticsearch that outlive it. */
class Service {
  private child: ChildProcess | null = null;
  /** Another one at each start: it takes a port that is free. */
  private url = "";

  constructor(private readonly env: Record<string, string>) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, "serve"], { env: { PATH: process.env["PATH"], TMPDIR: tmpdir(), ...this.env }, stdio: ["ignore", "pipe", "ignore"] });
    this.child = child;
    this.url = await new Promise<string>((resolve, reject) => {
      child.once("exit", (exitCode) => reject(new Error(`the service ended with ${exitCode}`)));
      createInterface(child.stdout).on("line", (line) => {
        const [, url] = /"url":"([^"]+)","msg":"ready"/.exec(line) ?? [];
        if (url !== undefined) resolve(`${url}/v1`);
      });
    });
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  async send(query: string, variables: object, token?: string) {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token !== undefined && { authorization: token }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Record<string, Record<string, unknown>>; errors?: { message: string }[] };
    if (errors !== undefined) throw new Refused(errors[0]?.message);
    return data;
  }
}

class Refused extends Error {}

describe(`killing the service ${ROUNDS} times during a stream of rollbacks`, () => {
  let database: TestDatabase;
  let elasticsearch: FakeElasticsearch;
  let service: Service;
  let dataDir: string;
  const accepted = new Set<string>();

  beforeAll(async () => {
    if (!existsSync(MAIN)) throw new Error("dist/ is missing: npm run build");
    database = await createTestDatabase({ poolSize: 2 });
    elasticsearch = await new FakeElasticsearch().start();
    dataDir = await mkdtemp(join(tmpdir(), "retrograde-crash-"));
    service = new Service({
      DATABASE_URL: database.url,
      ELASTICSEARCH_URL: elasticsearch.url,
      DATA_DIR: dataDir,
      HOST: "127.0.0.1",
      PORT: "0",
      DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "true",
      DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "true",
      DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT: "true",
    });
  });

  afterAll(async () => {
    await service.kill("SIGKILL");
    await elasticsearch.stop();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  test("loses nothing, doubles nothing, and leaves nothing unfinished", async () => {
    await service.start();
    const { token, deploymentId, targets } = await prepare();
    for (let round = 0; round < ROUNDS; round++) {
      const before = accepted.size;
      const stream = rollBackUntilKilled(token, deploymentId, targets);
      // A busy machine takes long to warm up; a round in which nothing was accepted would say nothing.
      while (accepted.size < before + 2) await sleep(5);
      await sleep(Math.random() * 900);
      await service.kill("SIGKILL");
      await stream;
      await service.start();
    }
    await everythingFinished(deploymentId);

    const revisions = await database.sql.query<{ id: string; number: number; status: string }>(
      "SELECT id, number, status FROM deploy_revision WHERE deployment_id = $1 ORDER BY number",
      [deploymentId],
    );
    expect(accepted.size).toBeGreaterThan(ROUNDS);
    expect(revisions.map(({ number }) => number)).toEqual(revisions.map((_, index) => index + 1));
    expect(revisions.filter(({ status }) => status === "INITIALIZED")).toEqual([]);
    const ids = new Set(revisions.map(({ id }) => id));
    expect([...accepted].filter((id) => !ids.has(id))).toEqual([]);

    const documents = elasticsearch.documents();
    const isAudit = ({ index }: { index: string }): boolean => index.startsWith("retrograde-audit.");
    const audited = documents.filter(isAudit).map(({ source }) => source["objectId"]);
    expect(revisions.filter(({ id }) => audited.filter((objectId) => objectId === id).length !== 1)).toEqual([]);

    const lines = documents.filter((document) => !isAudit(document)).map(({ source }) => (source as unknown as Line).retrograde);
    expect(new Set(lines.map(({ lineId }) => lineId)).size).toBe(lines.length);
    const finals = new Map<string, string[]>();
    const starts = new Map<string, number>();
    for (const { fields } of lines) {
      const { event, revisionId } = fields;
      if (event === "deploy_recorded" || event === "rollback_accepted") starts.set(revisionId, (starts.get(revisionId) ?? 0) + 1);
      if (event === "deployed" || event === "failed" || event === "superseded") finals.set(revisionId, [...(finals.get(revisionId) ?? []), event]);
    }
    for (const { id, status } of revisions) {
      expect({ id, starts: starts.get(id), finals: finals.get(id) }).toEqual({ id, starts: 1, finals: [status.toLowerCase()] });
    }
  }, 60_000 + ROUNDS * 15_000);

  async function prepare() {
    const signedUp = await service.send(
      `mutation ($email: String!, $password: String!) { createUser(email: $email, password: $password) { token { value } } }`,
      { email: "admin@example.com", password: "correct horse battery" },
    );
    const token = (signedUp["createUser"]?.["token"] as { value: string }).value;
    const { createWorkspace } = await service.send(`mutation { createWorkspace(label: "Crash") { id } }`, {}, token);
    const { createDeployment } = await service.send(
      `mutation ($workspace: Uuid!) { createDeployment(workspaceUuid: $workspace, label: "d", runtimeVersion: "11.3.0") { id releaseName } }`,
      { workspace: createWorkspace?.["id"] },
      token,
    );
    const deploymentId = createDeployment?.["id"] as string;
    await service.send(`mutation ($id: Uuid!) { updateDeploymentRollback(deploymentUuid: $id, enabled: true) { id } }`, { id: deploymentId }, token);
    for (const letter of ["a", "b"]) {
      await service.send(
        `mutation ($release: String!, $image: String!, $digest: String!) {
           updateDeploymentImage(releaseName: $release, image: $image, imageDigest: $digest, runtimeVersion: "11.3.0") { id } }`,
        { release: createDeployment?.["releaseName"], image: `registry.example.com/app:${letter}`, digest: DIGEST(letter) },
        token,
      );
      await everythingFinished(deploymentId);
    }
    const rows = await database.sql.query<{ id: string }>("SELECT id FROM deploy_revision WHERE deployment_id = $1 ORDER BY number", [deploymentId]);
    return { token, deploymentId, targets: rows.map(({ id }) => id) };
  }

  /** To and fro between the two; a refusal is fine (it may be current), a broken connection ends the stream. */
  async function rollBackUntilKilled(token: string, deploymentId: string, targets: readonly string[]): Promise<void> {
    for (let turn = 0; ; turn++) {
      try {
        const { rollbackDeploy } = await service.send(
          `mutation ($deployment: Uuid!, $target: Uuid!) {
             rollbackDeploy(deploymentUuid: $deployment, deployRevisionId: $target, description: "to and fro") { id } }`,
          { deployment: deploymentId, target: targets[turn % targets.length] },
          token,
        );
        accepted.add(rollbackDeploy?.["id"] as string);
      } catch (error) {
        if (!(error instanceof Refused)) return;
        await sleep(5);
      }
    }
  }

  /** No revision is under way and no log line waits. */
  async function everythingFinished(deploymentId: string): Promise<void> {
    for (let waited = 0; waited < 40_000; waited += 100) {
      const [row] = await database.sql.query<{ open: number; waiting: number }>(
        `SELECT (SELECT count(*) FROM deploy_revision WHERE deployment_id = $1 AND status = 'INITIALIZED') AS open,
                (SELECT count(*) FROM log_line) + (SELECT count(*) FROM audit_line WHERE export_state = 'WAITING') AS waiting`,
        [deploymentId],
      );
      if (row?.open === 0 && row.waiting === 0) return;
      await sleep(100);
    }
    throw new Error("a revision is still under way, or a line was not exported");
  }
});

interface Line {
  readonly retrograde: { readonly lineId: string; readonly fields: { readonly event: string; readonly revisionId: string } };
}
