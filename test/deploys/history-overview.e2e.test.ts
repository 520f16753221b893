import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  rollBack,
  serviceAccountWith,
  signUpAdmin,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { uploadDags } from "../builders/dags";
import { ScriptedDriver } from "../builders/drivers";
import { startTestApp, type TestApp } from "../world/app";
import { statementsDuring } from "../world/statements";

const NEIGHBOURS = `query ($id: Uuid!, $first: Int) { deployRevisions(deploymentUuid: $id, first: $first) { nodes {
  number previous { number } leftBehindBy { number } changes { image version dagBundle dags { added removed changed } } } } }`;
const ACTIVITY = `query ($id: Uuid!, $from: DateTime!, $to: DateTime!, $buckets: Int, $filter: DeployRevisionFilter) {
  deployActivity(deploymentUuid: $id, from: $from, to: $to, buckets: $buckets, filter: $filter) {
    from to deployed failed superseded unfinished rollbacks } }`;
const PAGE = `query ($id: Uuid!, $first: Int, $after: String, $last: Int, $before: String) {
  deployRevisions(deploymentUuid: $id, first: $first, after: $after, last: $last, before: $before) {
    nodes { number } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const NONE = { deployed: 0, failed: 0, superseded: 0, unfinished: 0, rollbacks: 0 };
const START = "2024-07-15T09:00:00.000Z";

describe("the history as a whole", () => {
  let world: TestApp;
  let admin: string;
  let deployment: BuiltDeployment;
  let ciId: string;
  const driver = new ScriptedDriver();
  const clock = new TestClock(START);

  beforeAll(async () => {
    world = await startTestApp({ driver, clock: clock.now, env: { WORKERS__RETRY_COUNT: "1" } });
    admin = await signUpAdmin(world);
    deployment = await createDeployment(world, admin);
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id }, "ci");
    ciId = ci.id;
    driver.reject("broken");
    const image = (tag: string) => ({ image: `registry.example.com/team/airflow:${tag}` });
    const made: BuiltRevision[] = [];
    const next = async (work: () => Promise<BuiltRevision>) => {
      clock.pass(60_000);
      made.push(await work());
    };
    await next(() => deployImage(world, admin, deployment, { ...image("one"), runtimeVersion: "11.4.0" }));
    await next(() => deployImage(world, ci.token, deployment, image("two")));
    await next(() => deployImage(world, ci.token, deployment, image("broken")));
    await next(() => deployImage(world, ci.token, deployment, { ...image("three"), runtimeVersion: "11.5.0" }));
    await next(() => rollBack(world, admin, deployment.id, made[1]!.id, { acknowledgeDataLoss: true }));
    await next(() => deployImage(world, ci.token, deployment, { ...image("four"), rollOut: false }));
  });
  afterAll(() => world.close());

  const neighboursOf = async ({ id }: BuiltDeployment, first = 20) =>
    (await ask(world, NEIGHBOURS, { id, first }, admin)).deployRevisions.nodes;

  test("names what ran before each revision, what it changed, and the rollback that left it behind", async () => {
    const none = { image: false, version: false, dagBundle: false, dags: null };
    expect(await neighboursOf(deployment)).toEqual([
      { number: 6, previous: { number: 5 }, leftBehindBy: null, changes: { ...none, image: true } },
      { number: 5, previous: { number: 4 }, leftBehindBy: null, changes: { ...none, image: true, version: true } },
      {
        number: 4,
        previous: { number: 2 },
        leftBehindBy: { number: 5 },
        changes: { ...none, image: true, version: true },
      },
      { number: 3, previous: { number: 2 }, leftBehindBy: null, changes: { ...none, image: true } },
      { number: 2, previous: { number: 1 }, leftBehindBy: null, changes: { ...none, image: true } },
      { number: 1, previous: null, leftBehindBy: null, changes: null },
    ]);
  });

  test("counts the DAG files that a deploy changed", async () => {
    const other = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    for (const files of [
      { "a.py": "1", "b.py": "1" },
      { "a.py": "2", "c.py": "1", "d.py": "1" },
    ]) {
      clock.pass(60_000);
      await finish(world, (await uploadDags(world, admin, other, files)).id);
    }
    expect(await neighboursOf(other)).toMatchObject([
      { number: 2, changes: { image: false, dagBundle: true, dags: { added: 2, removed: 1, changed: 1 } } },
      { number: 1, changes: null },
    ]);
  });

  test("takes as many statements for many revisions as for one", async () => {
    const count = async (first: number) => (await statementsDuring(() => neighboursOf(deployment, first))).length;
    await count(1);
    expect(await count(6)).toBe(await count(2));
  });

  test("counts deploys in equal spans of time", async () => {
    const query = { id: deployment.id, from: START, to: "2024-07-15T09:10:00.000Z" };
    const { deployActivity } = await ask(world, ACTIVITY, { ...query, buckets: 1 }, admin);
    expect(deployActivity).toEqual([
      { from: START, to: query.to, deployed: 4, failed: 1, superseded: 0, unfinished: 1, rollbacks: 1 },
    ]);
    const spans = (await ask(world, ACTIVITY, query, admin)).deployActivity;
    expect(spans).toHaveLength(90);
    const total = (key: keyof typeof NONE) => spans.reduce((sum: number, span: typeof NONE) => sum + span[key], 0);
    expect([total("deployed"), total("failed"), total("unfinished"), total("rollbacks")]).toEqual([4, 1, 1, 1]);
    const rollbacks = await ask(world, ACTIVITY, { ...query, buckets: 1, filter: { rollbacksOnly: true } }, admin);
    expect(rollbacks.deployActivity).toMatchObject([{ ...NONE, deployed: 1, rollbacks: 1 }]);
    const earlier = { ...query, from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z", buckets: 2 };
    expect((await ask(world, ACTIVITY, earlier, admin)).deployActivity).toMatchObject([NONE, NONE]);
  });

  test.each([
    ["buckets", { buckets: 0 }],
    ["buckets", { buckets: 401 }],
    ["to", { to: START }],
    ["filter.search", { filter: { search: "x".repeat(201) } }],
  ])("refuses spans that cannot be counted: %s", async (argument, wrong) => {
    const query = { id: deployment.id, from: START, to: "2024-07-16T00:00:00Z", ...wrong };
    expect(await askInVain(world, ACTIVITY, query, admin)).toMatchObject({
      extensions: { code: "BAD_USER_INPUT", argument },
    });
  });

  test("names who deployed, the last one first", async () => {
    const query = "query ($id: Uuid!) { deployActors(deploymentUuid: $id) { actor { id type label } count lastAt } }";
    const { deployActors } = await ask(world, query, { id: deployment.id }, admin);
    expect(deployActors).toMatchObject([
      { actor: { id: ciId, type: "SERVICE_ACCOUNT", label: "ci" }, count: 4 },
      { actor: { type: "USER" }, count: 2 },
    ]);
    expect(deployActors[0].lastAt > deployActors[1].lastAt).toBe(true);
  });

  test("knows how long a deploy usually takes, where one was rolled out", async () => {
    const query = "query ($id: String!) { deployment(where: { id: $id }) { usualDeploySeconds } }";
    const usual = async ({ id }: BuiltDeployment) =>
      (await ask(world, query, { id }, admin)).deployment.usualDeploySeconds;
    expect(await usual(await createDeployment(world, admin))).toBeNull();
    await world.database.sql.query(
      `UPDATE deploy_revision SET finished_at = created_at + number * interval '10 s'
       WHERE deployment_id = $1 AND status = 'DEPLOYED'`,
      [deployment.id],
    );
    // Of 10, 20, 40 and 50 seconds.
    expect(await usual(deployment)).toBe(30);
  });

  describe("pages before a cursor", () => {
    const page = async (variables: object) =>
      (await ask(world, PAGE, { id: deployment.id, ...variables }, admin)).deployRevisions;
    const numbers = ({ nodes }: { nodes: { number: number }[] }) => nodes.map(({ number }) => number);

    test("come in the order of the list, and put together are the whole of it", async () => {
      const end = await page({ last: 2 });
      expect(numbers(end)).toEqual([2, 1]);
      expect(end.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
      const middle = await page({ last: 2, before: end.pageInfo.startCursor });
      expect(numbers(middle)).toEqual([4, 3]);
      expect(middle.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
      const top = await page({ last: 5, before: middle.pageInfo.startCursor });
      expect(numbers(top)).toEqual([6, 5]);
      expect(top.pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
      expect(numbers(await page({ last: 5, before: top.pageInfo.startCursor }))).toEqual([]);
    });

    test.each([
      ["last", { last: 0 }],
      ["before", { before: "MToxMjM" }],
      ["before", { last: 2, before: "nonsense" }],
      ["after", { last: 2, after: "nonsense" }],
    ])("are refused where %s is wrong", async (argument, variables) => {
      expect(await askInVain(world, PAGE, { id: deployment.id, ...variables }, admin)).toMatchObject({
        extensions: { code: "BAD_USER_INPUT", argument },
      });
    });
  });
});
