import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  rollBack,
  signUpAdmin,
  UPDATE_IMAGE,
  type BuiltDeployment,
} from "../builders/api";
import { cliParts, dagArchive, postForm } from "../builders/dags";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const SOURCE = {
  commit: "0A1b2c3d4e5f60718293a4b5c6d7e8f901234567",
  branch: "main",
  url: "https://ci.example.com/runs/17",
  author: "Grace Hopper",
};
const HISTORY = `query ($id: Uuid!, $filter: DeployRevisionFilter) { deployRevisions(deploymentUuid: $id, filter: $filter) {
  totalCount nodes { number type source { commit branch url author } } } }`;
const UPSERT = `mutation ($id: Uuid!, $image: String, $label: String, $source: DeploySourceInput) {
  upsertDeployment(deploymentUuid: $id, image: $image, label: $label, source: $source) { id } }`;

describe("the source of a deploy", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const historyOf = async ({ id }: BuiltDeployment, filter?: object) =>
    (await ask(world, HISTORY, { id, filter }, admin)).deployRevisions.nodes;
  const upload = (deployment: BuiltDeployment, fields: Record<string, string | Buffer>) =>
    postForm(
      world,
      deployment.releaseName,
      [
        ...Object.entries(fields).map(([name, content]) => ({ name, content })),
        ...cliParts(dagArchive({ "a.py": JSON.stringify(fields) })),
      ],
      admin,
    );

  test("is in the history, stays with what a rollback restores, and is named by the log", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment, { source: SOURCE, description: "first" });
    await deployImage(world, admin, deployment);
    await rollBack(world, admin, deployment.id, first.id);
    expect(await historyOf(deployment)).toMatchObject([
      { number: 3, source: SOURCE },
      { number: 2, source: null },
      { number: 1, source: SOURCE },
    ]);
    const logs = 'query ($id: Uuid!) { logs(deploymentUuid: $id, search: "Revision 1:") { message } }';
    expect((await ask(world, logs, { id: deployment.id }, admin)).logs[0].message).toContain(
      ` from commit ${SOURCE.commit} on main by Grace Hopper: first`,
    );
  });

  test("filters by branch and by the beginning of the commit, in either case", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment, { source: SOURCE });
    await deployImage(world, admin, deployment, { source: { commit: "0a1bffff", branch: "Main" } });
    await deployImage(world, admin, deployment, { source: { url: SOURCE.url } });
    const numbers = async (filter: object) =>
      (await historyOf(deployment, filter)).map(({ number }: { number: number }) => number);
    expect(await numbers({ commit: "0A1B" })).toEqual([2, 1]);
    expect(await numbers({ commit: "0a1b2" })).toEqual([1]);
    expect(await numbers({ commit: "1b2" })).toEqual([]);
    expect(await numbers({ commit: "%" })).toEqual([]);
    expect(await numbers({ branch: "main" })).toEqual([1]);
    expect(await numbers({ commit: "0a1b", branch: "Main" })).toEqual([2]);
    expect(await numbers({ commit: " ", branch: null })).toEqual([3, 2, 1]);
    const tooLong = { id: deployment.id, filter: { commit: "x".repeat(101) } };
    expect(await askInVain(world, HISTORY, tooLong, admin)).toMatchObject({
      extensions: { code: "BAD_USER_INPUT", argument: "filter.commit" },
    });
  });

  test("comes with an upsert, but only with an image", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = deployment;
    await ask(world, UPSERT, { id, image: "registry.example.com/a:1", source: SOURCE }, admin);
    expect(await historyOf(deployment)).toMatchObject([{ number: 1, source: SOURCE }]);
    const before = await fingerprint(world);
    expect(await askInVain(world, UPSERT, { id, label: "Other", source: SOURCE }, admin)).toMatchObject({
      extensions: { code: "BAD_USER_INPUT", argument: "source" },
    });
    expect(await fingerprint(world)).toEqual(before);
  });

  test.each([
    ["url", "ftp://example.com/x"],
    ["url", "javascript:alert(1)"],
    ["url", "https://me:secret@example.com/"],
    ["commit", "a b"],
    ["branch", "a\nb"],
    ["author", "x".repeat(191)],
  ])("that is malformed (%s %j) is refused everywhere, and changes nothing", async (name, value) => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const before = await fingerprint(world);
    const image = "registry.example.com/a:1";
    const source = { [name]: value };
    for (const [query, variables] of [
      [UPDATE_IMAGE, { releaseName: deployment.releaseName, image, source }],
      [UPSERT, { id: deployment.id, image, source }],
    ] as const) {
      expect(await askInVain(world, query, variables, admin)).toMatchObject({
        extensions: { code: "BAD_USER_INPUT", argument: `source.${name}` },
      });
    }
    const answer = await upload(deployment, { [name]: value });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: name });
    expect(await fingerprint(world)).toEqual(before);
  });

  test("is taken from the fields of an upload of DAGs", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    expect((await upload(deployment, SOURCE)).statusCode).toBe(200);
    expect((await upload(deployment, { branch: "größer", commit: "" })).statusCode).toBe(200);
    expect((await upload(deployment, { branch: Buffer.from([0xff, 0xfe]) })).json().errors[0].extensions).toMatchObject(
      { code: "BAD_USER_INPUT", argument: "branch" },
    );
    expect(await historyOf(deployment)).toEqual([
      { number: 2, type: "DAG_ONLY", source: { commit: null, branch: "größer", url: null, author: null } },
      { number: 1, type: "DAG_ONLY", source: SOURCE },
    ]);
  });

  test.each([
    ["the image's, if it has one", { commit: "aaa" }, { commit: "aaa", branch: null }],
    ["that of its DAGs otherwise", undefined, { commit: "bbb", branch: "main" }],
  ])("of an image and its DAGs is %s", async (_name, source, expected) => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    await deployImage(world, admin, deployment, { rollOut: false, ...(source && { source }) });
    expect((await upload(deployment, { commit: "bbb", branch: "main" })).statusCode).toBe(200);
    expect(await historyOf(deployment)).toMatchObject([{ number: 1, type: "IMAGE_AND_DAG", source: expected }]);
  });

  test("is told by a plan of what is left behind", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { source: SOURCE });
    await deployImage(world, admin, deployment);
    const plan = `query ($id: Uuid!, $to: Uuid!) { rollbackPlan(deploymentUuid: $id, deployRevisionId: $to) {
      skipped { number source { commit url } } } }`;
    expect((await ask(world, plan, { id: deployment.id, to: first.id }, admin)).rollbackPlan.skipped).toEqual([
      { number: 2, source: { commit: SOURCE.commit, url: SOURCE.url } },
    ]);
  });
});
