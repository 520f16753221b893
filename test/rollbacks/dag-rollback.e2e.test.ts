import { rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  applyOnce,
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  revisionOf,
  rollBack,
  ROLLBACK,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { Unavailable } from "../../src/kernel/errors";
import { cliParts, dagArchive, postForm, uploadDags, type Files } from "../builders/dags";
import { TestClock } from "../builders/clock";
import { fingerprint } from "../builders/fingerprint";
import { placedDags } from "../builders/placed-dags";
import { startTestApp, type TestApp } from "../world/app";
import { startLoggedApp, type LoggedApp } from "../world/logged-app";

const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const A = { "etl.py": "print('a')\n", "gone.py": "", "same.py": "1\n" };
const B = { "etl.py": "print('b')\n", "new.py": "", "same.py": "1\n" };
const LATER_MS = 60_000;

let world: TestApp;
let admin: string;
const clock = new TestClock();
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const SET_MECHANISM = `mutation ($id: Uuid!, $type: DagDeploymentType!) {
  updateDeployment(deploymentUuid: $id, payload: {}, dagDeployment: { type: $type }) { id dagDeployment { type } } }`;
const PLAN = `query ($deployment: Uuid!, $target: Uuid!) { rollbackPlan(deploymentUuid: $deployment, deployRevisionId: $target) {
  allowed blockers { code } warnings { code } changes { field from to changed } dags { added removed changed unchangedCount } } }`;

const deploy = async (deployment: BuiltDeployment, files: Files) =>
  finishUpload(await uploadDags(world, admin, deployment, files));
async function finishUpload<R extends { id: string }>(revision: R): Promise<R> {
  await finish(world, revision.id);
  clock.pass(LATER_MS);
  return revision;
}
async function setMechanism({ id }: BuiltDeployment, type: string): Promise<void> {
  await ask(world, SET_MECHANISM, { id, type }, admin);
  await world.app.features.jobs["deployments.reconcile"]!({ deploymentId: id }, {
    signal: new AbortController().signal,
  } as never);
}
const deployImageLater = async (deployment: BuiltDeployment) =>
  finishUpload(await deployImage(world, admin, deployment));
const planOf = async ({ id }: BuiltDeployment, target: { id: string }) =>
  (await ask(world, PLAN, { deployment: id, target: target.id }, admin)).rollbackPlan;
const typeOf = async (id: string): Promise<unknown> =>
  (await ask(world, "query ($id: Uuid!) { deployRevision(id: $id) { type } }", { id }, admin)).deployRevision.type;

describe("a rollback of DAGs", () => {
  test.each([
    ["the DAGs alone", async (on: BuiltDeployment) => void (await deploy(on, B)), "DAG_ONLY"],
    ["the image alone", async (on: BuiltDeployment) => void (await deployImageLater(on)), "IMAGE_ONLY"],
    ["both", async (on: BuiltDeployment) => void (await deploy(on, B), await deployImageLater(on)), "IMAGE_AND_DAG"],
  ])("takes back %s, and says so", async (_name, change, type) => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    await deployImageLater(deployment);
    const target = await deploy(deployment, A);
    await change(deployment);
    const revision = await rollBack(world, admin, deployment.id, target.id);
    expect(revision.status).toBe("DEPLOYED");
    expect(await typeOf(revision.id)).toBe(type);
    expect(await placedDags(world, deployment)).toEqual(A);
  });

  test("is planned file by file", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const target = await deploy(deployment, A);
    await deploy(deployment, B);
    expect(await planOf(deployment, target)).toMatchObject({
      allowed: true,
      dags: { added: ["gone.py"], removed: ["new.py"], changed: ["etl.py"], unchangedCount: 1 },
    });
  });

  test("that were uploaded before any image names the image that runs then, and warns", async () => {
    const deployment = await createDeployment(world, admin, { ...DAG_ONLY, runtimeVersion: "11.4.0" });
    const target = await deploy(deployment, A);
    await finishUpload(await deployImage(world, admin, deployment, { image: "registry.example.com/team/airflow:7" }));
    const plan = await planOf(deployment, target);
    expect(plan.warnings).toEqual([{ code: "NO_IMAGE" }]);
    expect(plan.changes).toContainEqual({
      field: "image",
      from: "registry.example.com/team/airflow:7",
      to: "quay.io/astronomer/astro-runtime:11.4.0",
      changed: true,
    });
  });

  test("from images to uploaded DAGs brings mechanism and files back, and the other way takes them away", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const uploaded = await deploy(deployment, A);
    await setMechanism(deployment, "image");
    const image = await deployImageLater(deployment);
    expect(await placedDags(world, deployment)).toBeNull();
    await rollBack(world, admin, deployment.id, uploaded.id);
    expect(await placedDags(world, deployment)).toEqual(A);
    const [row] = await world.database.sql.query(
      "SELECT dag_deployment_type, dag_tarball_version FROM deployment WHERE id = $1",
      [deployment.id],
    );
    expect(row).toEqual({ dag_deployment_type: "dag_deploy", dag_tarball_version: uploaded.dagTarballVersion });
    await rollBack(world, admin, deployment.id, image.id);
    expect(await placedDags(world, deployment)).toBeNull();
    const [after] = await world.database.sql.query(
      "SELECT dag_deployment_type, dag_tarball_version FROM deployment WHERE id = $1",
      [deployment.id],
    );
    expect(after).toEqual({ dag_deployment_type: "image", dag_tarball_version: null });
  });

  test("a changed mechanism takes uploaded DAGs away without a line, and what ran may be rolled back to", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const uploaded = await deploy(deployment, A);
    expect(
      (
        await askInVain(
          world,
          ROLLBACK,
          { deploymentUuid: deployment.id, deployRevisionId: uploaded.id, description: "x" },
          admin,
        )
      ).code,
    ).toBe("TARGET_IS_CURRENT");
    await setMechanism(deployment, "image");
    await setMechanism(deployment, "dag_deploy");
    expect(await placedDags(world, deployment)).toBeNull();
    const [row] = await world.database.sql.query<{ count: number }>(
      "SELECT count(*) AS count FROM deploy_revision WHERE deployment_id = $1",
      [deployment.id],
    );
    expect(row?.count).toBe(1);
    await rollBack(world, admin, deployment.id, uploaded.id);
    expect(await placedDags(world, deployment)).toEqual(A);
  });
});

describe("a bundle that is no longer stored", () => {
  const fileOf = async ({ id }: { id: string }): Promise<string> => {
    const [row] = await world.database.sql.query<{ sha256: string }>(
      "SELECT archive_sha256 AS sha256 FROM dag_bundle b JOIN deploy_revision r ON r.deployment_id = b.deployment_id AND r.dag_tarball_version = b.version WHERE r.id = $1",
      [id],
    );
    return join(world.dataDir, "bundles", row!.sha256.slice(0, 2), `${row!.sha256}.tar.gz`);
  };
  const damages: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    ["is gone", (file) => rm(file)],
    ["is cut off", (file) => truncate(file, 20)],
    ["is other than it was", async (file) => writeFile(file, "x".repeat((await stat(file)).size))],
  ];

  test.each(damages)("because it %s blocks a rollback to it, in the plan and in earnest", async (_name, damage) => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const target = await deploy(deployment, { "dag.py": `${deployment.id}` });
    await deploy(deployment, B);
    expect(await planOf(deployment, target)).toMatchObject({ allowed: true });
    await damage(await fileOf(target));
    expect(await planOf(deployment, target)).toMatchObject({
      allowed: false,
      blockers: [{ code: "DAG_BUNDLE_MISSING" }],
    });
    const before = await fingerprint(world);
    const refusal = await askInVain(
      world,
      ROLLBACK,
      { deploymentUuid: deployment.id, deployRevisionId: target.id, description: "x" },
      admin,
    );
    expect(refusal.code).toBe("DAG_BUNDLE_MISSING");
    expect(await fingerprint(world)).toEqual(before);
    await uploadDags(world, admin, deployment, { "dag.py": `${deployment.id}` });
    expect((await planOf(deployment, target)).blockers).toEqual([]);
  });

  test("does not block where nobody is to look, and the rollout then fails with the reason", async () => {
    const lenient = await startTestApp({
      database: world.database,
      clock: clock.now,
      env: { DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLE_DAG_TARBALL_VERSION_VALIDATION: "false" },
    });
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const target = await deploy(deployment, A);
    await deploy(deployment, B);
    // Another installation's store, in which there is nothing.
    const { rollbackDeploy } = await ask(
      lenient,
      ROLLBACK,
      { deploymentUuid: deployment.id, deployRevisionId: target.id, description: "x" },
      admin,
    );
    await applyOnce(lenient, rollbackDeploy.id);
    expect((await revisionOf(world, rollbackDeploy.id)).status).toBe("FAILED");
    await lenient.close();
  });
});

describe("while the store of bundles is away", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 192.0.2.1:9000"), { code: "ECONNREFUSED" });
  const away = new Unavailable("The store of DAG bundles cannot be used at present (ECONNREFUSED)", { cause: refused });
  let logged: LoggedApp | undefined;
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => logged?.close());

  test("the history is read all the same, and a rollback waits for a better time", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const target = await deploy(deployment, A);
    await deploy(deployment, B);
    jest.spyOn(world.app.features.bundles.store, "stat").mockRejectedValue(away);
    const PAGE =
      "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { number rollback { allowed blockers { code } } } } }";
    expect((await ask(world, PAGE, { id: deployment.id }, admin)).deployRevisions.nodes).toEqual([
      { number: 2, rollback: { allowed: false, blockers: [{ code: "TARGET_IS_CURRENT" }] } },
      { number: 1, rollback: { allowed: true, blockers: [] } },
    ]);
    const refusal = await askInVain(
      world,
      ROLLBACK,
      { deploymentUuid: deployment.id, deployRevisionId: target.id, description: "x" },
      admin,
    );
    expect(refusal).toMatchObject({ code: "UNAVAILABLE" });
  });

  test("the log tells why", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const target = await deploy(deployment, A);
    await deploy(deployment, B);
    logged = await startLoggedApp(world);
    const { store } = logged.app.features.bundles;
    jest.spyOn(store, "stat").mockRejectedValue(away);
    jest.spyOn(store, "put").mockRejectedValue(away);
    expect((await postForm(logged, deployment.releaseName, cliParts(dagArchive(A)), admin)).statusCode).toBe(503);
    await askInVain(
      logged,
      ROLLBACK,
      { deploymentUuid: deployment.id, deployRevisionId: target.id, description: "x" },
      admin,
    );
    const warnings = logged.lines.filter(({ level, requestId }) => level === 40 && requestId !== undefined);
    const warning = {
      requestId: expect.any(String),
      err: expect.objectContaining({ cause: expect.objectContaining({ message: refused.message }) }),
    };
    expect(warnings).toEqual([expect.objectContaining(warning), expect.objectContaining(warning)]);
  });
});

describe("one file of two revisions", () => {
  const DIFF = `query ($from: Uuid!, $to: Uuid!, $path: String!) { dagFileDiff(fromDeployRevisionId: $from, toDeployRevisionId: $to, path: $path) {
    path change fromSizeBytes toSizeBytes binary patch } }`;
  let from: { id: string };
  let to: { id: string };
  beforeAll(async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    from = await deploy(deployment, { ...A, "data.bin": Buffer.from([0, 1, 2]), "big.txt": "x".repeat(300_000) });
    to = await deploy(deployment, { ...B, "data.bin": Buffer.from([0, 1, 3]), "big.txt": "y".repeat(300_000) });
  });
  const diff = async (path: string) => (await ask(world, DIFF, { from: from.id, to: to.id, path }, admin)).dagFileDiff;

  test("is compared line by line", async () => {
    expect(await diff("etl.py")).toMatchObject({
      change: "CHANGED",
      binary: false,
      patch: expect.stringContaining("-print('a')\n+print('b')\n"),
    });
    expect(await diff("new.py")).toMatchObject({ change: "ADDED", fromSizeBytes: null, toSizeBytes: 0 });
    expect(await diff("gone.py")).toMatchObject({ change: "REMOVED", toSizeBytes: null });
    expect(await diff("same.py")).toMatchObject({ change: "UNCHANGED", patch: null });
    expect(await diff("data.bin")).toMatchObject({ change: "CHANGED", binary: true, patch: null });
    expect(await diff("big.txt")).toMatchObject({
      change: "CHANGED",
      binary: false,
      patch: null,
      toSizeBytes: 300_000,
    });
    expect(await diff("unknown.py")).toBeNull();
  });

  test("belongs to one Deployment", async () => {
    const other = await deploy(await createDeployment(world, admin, DAG_ONLY), A);
    expect(await askInVain(world, DIFF, { from: from.id, to: other.id, path: "etl.py" }, admin)).toMatchObject({
      code: "BAD_USER_INPUT",
    });
    expect(await askInVain(world, DIFF, { from: from.id, to: "nonsense", path: "etl.py" }, admin)).toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
