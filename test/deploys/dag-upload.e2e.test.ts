import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "yaml";
import {
  applyOnce,
  ask,
  createDeployment,
  deployImage,
  finish,
  headOf,
  revisionOf,
  rollBack,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { cliParts, dagArchive, form, postForm, sha256Of, storedArchive, uploadDags, type Part } from "../builders/dags";
import { archiveOf } from "../bundles/tar-builder";
import { TestClock } from "../builders/clock";
import { fingerprint } from "../builders/fingerprint";
import { placedDags } from "../builders/placed-dags";
import { startTestApp, type TestApp } from "../world/app";

const DAG_ONLY = { dagDeployment: { type: "dag_deploy" } };
const A = { "etl.py": "print('a')\n", "lib/orders.py": "ORDERS = 1\n" };
const B = { "etl.py": "print('b')\n", "new.py": "" };
const WAIT_MS = 30_000;

let world: TestApp;
let admin: string;
const clock = new TestClock();
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const HISTORY = `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes {
  number type trigger status description image dagDeploymentType dagTarballVersion dagBundle { version sha256 sizeBytes fileCount } createdBy { id } } } }`;
const historyOf = async ({ id }: BuiltDeployment) => (await ask(world, HISTORY, { id }, admin)).deployRevisions.nodes;
const spools = () => readdir(join(world.dataDir, "uploads")).catch(() => []);

async function refusedUpload(releaseName: string, parts: readonly Part[], token: string | undefined = admin) {
  const before = await fingerprint(world);
  const answer = await postForm(world, releaseName, parts, token);
  expect(await fingerprint(world)).toEqual(before);
  expect(await spools()).toEqual([]);
  return {
    status: answer.statusCode,
    error: answer.json<{ errors: { message: string; extensions: { code: string } }[] }>().errors[0],
  };
}

describe("an upload of DAGs", () => {
  test("is a deploy of its own that keeps the image, and its files are placed", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    await deployImage(world, admin, deployment, { image: "registry.example.com/airflow:one" });
    clock.pass(WAIT_MS + 1);
    const archive = dagArchive(A);
    const answer = await postForm(world, deployment.releaseName, cliParts(archive, "first DAGs"), admin);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      revisionId: expect.any(String),
      number: 2,
      type: "DAG_ONLY",
      status: "INITIALIZED",
      dagTarballVersion: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    const { revisionId, dagTarballVersion } = answer.json();
    await finish(world, revisionId);
    expect(await placedDags(world, deployment)).toEqual(A);
    expect((await historyOf(deployment))[0]).toMatchObject({
      number: 2,
      type: "DAG_ONLY",
      trigger: "DAG_UPLOAD",
      status: "DEPLOYED",
      description: "first DAGs",
      image: "registry.example.com/airflow:one",
      dagDeploymentType: "dag_deploy",
      dagTarballVersion,
      dagBundle: {
        version: dagTarballVersion,
        sha256: sha256Of(storedArchive(A)),
        sizeBytes: storedArchive(A).length,
        fileCount: 2,
      },
    });
    const query = 'query ($id: Uuid!) { logs(deploymentUuid: $id, search: "Revision 2:") { message } }';
    expect((await ask(world, query, { id: deployment.id }, admin)).logs).toEqual([
      { message: expect.stringContaining(` deploys DAGs (bundle ${dagTarballVersion}): first DAGs`) },
    ]);
    expect(await spools()).toEqual([]);
  });

  test("before any image is placed with the image of its Runtime", async () => {
    const deployment = await createDeployment(world, admin, { ...DAG_ONLY, runtimeVersion: "11.4.0" });
    const { revisionId } = (await postForm(world, deployment.releaseName, cliParts(dagArchive(A)), admin)).json();
    await finish(world, revisionId);
    const values = await readFile(join(world.dataDir, "releases", deployment.releaseName, "values.yaml"), "utf8");
    const [current] = await historyOf(deployment);
    expect(current).toMatchObject({ image: null, status: "DEPLOYED" });
    expect(parse(values)).toMatchObject({
      defaultAirflowRepository: "quay.io/astronomer/astro-runtime",
      defaultAirflowTag: "11.4.0",
    });
  });

  test("A, then B, then back: the files are byte for byte those of A, under a third line", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const first = await uploadDags(world, admin, deployment, A);
    await finish(world, first.id);
    const second = await uploadDags(world, admin, deployment, B);
    await finish(world, second.id);
    expect(await placedDags(world, deployment)).toEqual(B);
    await rollBack(world, admin, deployment.id, first.id);
    expect(await placedDags(world, deployment)).toEqual(A);
    expect(await historyOf(deployment)).toMatchObject([
      { number: 3, type: "DAG_ONLY", trigger: "ROLLBACK", dagTarballVersion: first.dagTarballVersion },
      { number: 2, dagTarballVersion: second.dagTarballVersion },
      { number: 1, dagTarballVersion: first.dagTarballVersion },
    ]);
  });

  test("without any entry removes all DAGs", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    await finish(world, (await uploadDags(world, admin, deployment, A)).id);
    await finish(world, (await uploadDags(world, admin, deployment, {})).id);
    expect(await placedDags(world, deployment)).toEqual({});
    expect((await historyOf(deployment))[0]).toMatchObject({ dagBundle: { fileCount: 0 } });
  });

  test("cuts a description that is too long, as that of an image is cut", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    await uploadDags(world, admin, deployment, A, { description: "x".repeat(501) });
    expect((await historyOf(deployment))[0]).toMatchObject({ description: `${"x".repeat(499)}…` });
  });

  test("takes its description before the file as well, and a file field of any name", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const parts = [
      { name: "description", content: "by curl" },
      { name: "dags.tar.gz", content: dagArchive(A), fileName: "dags.tar.gz" },
      { name: "other", content: "x", fileName: "x" },
    ];
    const answer = await postForm(world, deployment.releaseName, parts, `Bearer ${admin}`);
    expect(answer.statusCode).toBe(200);
    expect((await historyOf(deployment))[0]).toMatchObject({ description: "by curl", dagBundle: { fileCount: 2 } });
  });

  test("of the same files again is a deploy again, and stored once", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const files = { "same.py": `# ${deployment.id}` };
    const [one, two] = [
      await uploadDags(world, admin, deployment, files),
      await uploadDags(world, admin, deployment, files),
    ];
    expect(two.dagTarballVersion > one.dagTarballVersion).toBe(true);
    const sha256 = sha256Of(storedArchive(files));
    const [row] = await world.database.sql.query<{ count: number }>(
      "SELECT count(*) AS count FROM dag_archive WHERE sha256 = $1",
      [sha256],
    );
    expect(row?.count).toBe(1);
  });
});

describe("the same files are the same bundle", () => {
  const files = { "etl.py": "print('same')\n", "lib/orders.py": "ORDERS = 2\n" };
  const packed = (order: readonly string[]) =>
    order.map((path) => ({ name: `dags/${path}`, content: files[path as keyof typeof files], mode: 0o600 }));

  test.each<[string, Buffer]>([
    ["as the CLI packs them", dagArchive(files)],
    ["in another order", archiveOf(packed(["lib/orders.py", "etl.py"]))],
    ["without dags/", dagArchive(files, { prefix: "./" })],
    ["with entries for folders", archiveOf([{ name: "dags/lib/", type: "5" }, ...packed(["etl.py", "lib/orders.py"])])],
    ["on a Mac", archiveOf([{ name: "._dags" }, { name: "dags/._etl.py" }, ...packed(["etl.py", "lib/orders.py"])])],
    ["as they are downloaded", storedArchive(files)],
  ])("packed %s", async (_name, archive) => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const answer = await postForm(world, deployment.releaseName, cliParts(archive), admin);
    expect(answer.statusCode).toBe(200);
    expect((await historyOf(deployment))[0]).toMatchObject({ dagBundle: { sha256: sha256Of(storedArchive(files)) } });
    await finish(world, answer.json().revisionId);
    expect(await placedDags(world, deployment)).toEqual(files);
  });
});

describe("an upload right after an image", () => {
  test("by the same caller completes the image's line, and both are placed together", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const image = await deployImage(world, admin, deployment, { rollOut: false, description: "release 7" });
    clock.pass(WAIT_MS);
    const upload = await uploadDags(world, admin, deployment, A, { description: "Deployed via <astro deploy>" });
    expect(upload).toMatchObject({ id: image.id, number: 1, type: "IMAGE_AND_DAG" });
    await finish(world, upload.id);
    expect(await placedDags(world, deployment)).toEqual(A);
    expect(await historyOf(deployment)).toMatchObject([
      {
        number: 1,
        type: "IMAGE_AND_DAG",
        trigger: "IMAGE_ENDPOINT",
        status: "DEPLOYED",
        description: "release 7",
        dagTarballVersion: upload.dagTarballVersion,
      },
    ]);
  });

  test("keeps its rollout waiting only where DAGs may follow", async () => {
    const waitOf = async (deployment: BuiltDeployment): Promise<number> => {
      const [row] = await world.database.sql.query<{ wait: number }>(
        "SELECT extract(epoch FROM run_at - created_at)::int AS wait FROM graphile_worker.jobs WHERE key = $1",
        [`apply:${(await headOf(world, deployment.id)).id}`],
      );
      return row?.wait ?? -1;
    };
    const [dagOnly, image] = [await createDeployment(world, admin, DAG_ONLY), await createDeployment(world, admin)];
    await deployImage(world, admin, dagOnly, { rollOut: false });
    await deployImage(world, admin, image, { rollOut: false });
    expect([await waitOf(dagOnly), await waitOf(image)]).toEqual([30, 0]);
    await uploadDags(world, admin, dagOnly, A);
    expect(await waitOf(dagOnly)).toBe(0);
  });

  test("by somebody else, later, or after a rollback is a line of its own", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const other = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    await deployImage(world, admin, deployment, { rollOut: false });
    expect(await uploadDags(world, other.token, deployment, A)).toMatchObject({ number: 2, type: "IMAGE_AND_DAG" });
    const image = await deployImage(world, admin, deployment, { rollOut: false });
    clock.pass(WAIT_MS + 1);
    expect(await uploadDags(world, admin, deployment, B)).toMatchObject({ number: 4 });
    expect((await revisionOf(world, image.id)).status).toBe("SUPERSEDED");
    await finish(world, (await headOf(world, deployment.id)).id);
    const target = await uploadDags(world, admin, deployment, A);
    await finish(world, target.id);
    await finish(world, (await uploadDags(world, admin, deployment, B)).id);
    await rollBack(world, admin, deployment.id, target.id, { rollOut: false });
    expect(await uploadDags(world, admin, deployment, B)).toMatchObject({ number: 8 });
  });

  test("that comes while the image is being placed is placed as well", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const image = await deployImage(world, admin, deployment, { rollOut: false });
    await Promise.all([applyOnce(world, image.id), uploadDags(world, admin, deployment, A)]);
    await finish(world, (await headOf(world, deployment.id)).id);
    expect(await placedDags(world, deployment)).toEqual(A);
  });

  test("an image of its own keeps the DAGs, those of an upload under way included", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const upload = await uploadDags(world, admin, deployment, A);
    const image = await deployImage(world, admin, deployment);
    expect(image.number).toBe(2);
    expect((await historyOf(deployment))[0]).toMatchObject({
      type: "IMAGE_ONLY",
      dagTarballVersion: upload.dagTarballVersion,
    });
    expect(await placedDags(world, deployment)).toEqual(A);
  });
});

describe("an upload is refused", () => {
  test("without a login, with one that proves nothing, and without the permission", async () => {
    const deployment = await createDeployment(world, admin, DAG_ONLY);
    const parts = cliParts(dagArchive(A));
    const viewer = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    expect(await refusedUpload(deployment.releaseName, parts, "")).toMatchObject({ status: 401 });
    expect(await refusedUpload(deployment.releaseName, parts, "nonsense")).toMatchObject({ status: 401 });
    expect(await refusedUpload(deployment.releaseName, parts, viewer.token)).toMatchObject({
      status: 403,
      error: { extensions: { code: "FORBIDDEN" } },
    });
  });

  test("for a release that does not exist, and alike for one that the caller may not see", async () => {
    const { releaseName } = await createDeployment(world, admin, DAG_ONLY);
    const stranger = await signUp(world, { by: admin });
    const unknown = await refusedUpload("no-such-release", cliParts(dagArchive(A)));
    expect(unknown).toMatchObject({ status: 404, error: { message: "Deployment not found" } });
    expect(await refusedUpload(releaseName, cliParts(dagArchive(A)), stranger.token)).toEqual(unknown);
  });

  test("where the DAGs come another way", async () => {
    const { releaseName } = await createDeployment(world, admin);
    expect(await refusedUpload(releaseName, cliParts(dagArchive(A)))).toMatchObject({
      status: 409,
      error: { extensions: { code: "CONFLICT" } },
    });
  });

  test("where DAG-only deploys are switched off", async () => {
    const { releaseName } = await createDeployment(world, admin, DAG_ONLY);
    const off = await startTestApp({ database: world.database, env: { DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "false" } });
    const answer = await postForm(off, releaseName, cliParts(dagArchive(A)), admin);
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([403, "FEATURE_DISABLED"]);
    await off.close();
  });

  test.each<[string, Part[]]>([
    ["a retry of the CLI, whose file has no bytes left", cliParts(Buffer.alloc(0))],
    ["what is no gzip", cliParts(Buffer.from("hello"))],
    ["half an archive", cliParts(dagArchive({ "a.py": "x".repeat(5_000) }).subarray(0, 60))],
    ["a path out of the folder", cliParts(dagArchive({ "../../evil.py": "" }))],
    ["a form without a file", [{ name: "description", content: "x" }]],
  ])("%s", async (_name, parts) => {
    const { releaseName } = await createDeployment(world, admin, DAG_ONLY);
    const { status, error } = await refusedUpload(releaseName, parts);
    expect(status).toBe(400);
    expect(error?.message.length).toBeGreaterThan(10);
  });

  test("a form that breaks off behind the file, which is whole", async () => {
    const { releaseName } = await createDeployment(world, admin, DAG_ONLY);
    const before = await fingerprint(world);
    const archive = dagArchive({ "a.py": releaseName });
    const { headers, payload } = form(cliParts(archive, "the CLI sends it last"));
    const isInSpool = async (): Promise<boolean> => {
      const uploaded = (await spools()).find((name) => !/\.(contents|packed)\./.test(name));
      return uploaded !== undefined && (await stat(join(world.dataDir, "uploads", uploaded))).size === archive.length;
    };
    const body = async function* () {
      yield payload.subarray(0, payload.indexOf("the CLI"));
      while (!(await isInSpool())) await pause(5);
    };
    const answer = await world.app.server.app.inject({
      method: "POST",
      url: `/${releaseName}/dags/upload`,
      headers: { ...headers, authorization: admin },
      payload: Readable.from(body()),
    });
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(await fingerprint(world)).toEqual(before);
    expect(await spools()).toEqual([]);
  });

  test("a body that is no form", async () => {
    const { releaseName } = await createDeployment(world, admin, DAG_ONLY);
    const url = `/${releaseName}/dags/upload`;
    const send = (contentType: string) =>
      world.app.server.app.inject({
        method: "POST",
        url,
        headers: { authorization: admin, "content-type": contentType },
        payload: dagArchive(A),
      });
    expect((await send("application/octet-stream")).statusCode).toBe(415);
    expect((await send("multipart/form-data")).statusCode).toBe(400);
    expect((await send("multipart/form-data; boundary=x")).statusCode).toBe(400);
  });
});

describe("uploads at the same time", () => {
  test("none is lost, and numbers have no gaps", async () => {
    const deployments = await Promise.all(Array.from({ length: 4 }, () => createDeployment(world, admin, DAG_ONLY)));
    const uploads = Array.from({ length: 40 }, (_, at) => {
      const deployment = deployments[at % deployments.length]!;
      return uploadDags(world, admin, deployment, { "dag.py": `${at}` });
    });
    const answers = await Promise.all(uploads);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(40);
    for (const deployment of deployments) {
      const history = await historyOf(deployment);
      expect(history.map(({ number }: { number: number }) => number)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
      expect(
        new Set(history.map(({ dagTarballVersion }: { dagTarballVersion: string }) => dagTarballVersion)).size,
      ).toBe(10);
    }
    expect(await spools()).toEqual([]);
  });
});

test("what a killed process has left of an upload goes with the next start, once nobody can be sending it any more", async () => {
  const folder = join(world.dataDir, "uploads");
  await mkdir(folder, { recursive: true });
  const [left, underWay] = [join(folder, "left.upload"), join(folder, "under-way.upload")];
  for (const file of [left, underWay]) await writeFile(file, "x");
  const dayBefore = new Date(Date.now() - 25 * 60 * 60_000);
  await utimes(left, dayBefore, dayBefore);
  const next = await startTestApp({
    database: world.database,
    env: { DATA_DIR: world.dataDir, CLEANUP_DEPLOY_REVISIONS__ENABLED: "false" },
  });
  try {
    // It goes in the background.
    while (existsSync(left)) await pause(20);
    expect(await spools()).toEqual(["under-way.upload"]);
  } finally {
    await next.close();
    await rm(underWay);
  }
});
