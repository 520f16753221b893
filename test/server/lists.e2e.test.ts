import { ask, createDeployment, createWorkspace, signUp, signUpAdmin, userWith } from "../builders/api";
import { DELETE } from "../builders/deployment-operations";
import { refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";
import { statementsDuring } from "../world/statements";

const MANY = 2_000;

const PAGE = `query ($take: Int, $name: String, $cursor: Uuid, $pageNumber: Int) {
  paginatedDeployments(take: $take, name: $name, cursor: $cursor, pageNumber: $pageNumber) {
    id label releaseName workspace { id label } urls { type url } currentRevision { id number } deployInfo { current nextCli } } }`;

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** Copies of a Deployment, each with a revision that runs, as many deploys would have left them; their ids by label. */
async function copies(deploymentId: string, count: number, label = "copy"): Promise<string[]> {
  const { sql } = world.database;
  const rows = await sql.query<{ id: string }>(
    `INSERT INTO deployment SELECT (jsonb_populate_record(d, jsonb_build_object(
         'id', gen_random_uuid(), 'label', $3::text || ' ' || lpad(n::text, 6, '0'), 'release_name', d.release_name || '-' || n,
         'namespace', d.namespace || '-' || n))).*
     FROM deployment d, generate_series(1, $2::int) AS n WHERE d.id = $1 ORDER BY n RETURNING id`,
    [deploymentId, count, label],
  );
  const ids = rows.map(({ id }) => id);
  await sql.query(
    `WITH made AS (
       INSERT INTO deploy_revision (id, deployment_id, number, type, status, trigger, dag_deployment_type, actor_id, actor_type, actor_label,
         origin_id, rollout_failures, pinned, created_at, updated_at)
       SELECT id, id, 1, 'IMAGE_AND_DAG', 'DEPLOYED', 'IMAGE_ENDPOINT', 'image', 'x', 'SYSTEM', 'x', id, 0, false, now(), now()
       FROM unnest($1::uuid[]) AS id RETURNING id)
     UPDATE deployment SET head_revision_id = deployment.id, current_revision_id = deployment.id, last_revision_number = 1 FROM made WHERE made.id = deployment.id`,
    [ids],
  );
  return ids;
}

/** Statements that the application sends while it answers, when its caches are as full as they get. */
async function statementsOf(
  query: string,
  variables: object,
  token: string,
): Promise<{ statements: number; data: Record<string, unknown[]> }> {
  await ask(world, query, variables, token);
  let data: Record<string, unknown[]> = {};
  const statements = await statementsDuring(async () => (data = await ask(world, query, variables, token)));
  return { statements: statements.length, data };
}

describe("paginatedDeployments", () => {
  let ids: string[];
  const page = async (variables: object, token = admin): Promise<string[]> => {
    const { paginatedDeployments: found } = await ask(world, PAGE, variables, token);
    return found.map(({ id }: { id: string }) => id);
  };
  beforeAll(async () => {
    const { id } = await createDeployment(world, admin, { rollbackEnabled: false });
    ids = await copies(id, 25);
  });

  test("answers all of them for take: -1, across Workspaces, and 20 without a take", async () => {
    const { id } = await createDeployment(world, admin, {
      workspaceId: await createWorkspace(world, admin),
      rollbackEnabled: false,
    });
    const all = await page({ take: -1 });
    expect(all).toEqual(expect.arrayContaining([id, ...ids]));
    expect(await page({})).toEqual(all.slice(0, 20));
  });

  test("goes on from a cursor, which is left out, by page number, and backwards in list order", async () => {
    const among = { name: "COPY" };
    expect(await page({ ...among, take: 3, cursor: "" })).toEqual(ids.slice(0, 3));
    expect(await page({ ...among, take: 3, cursor: ids[2] })).toEqual(ids.slice(3, 6));
    expect(await page({ ...among, take: 3, pageNumber: 2 })).toEqual(ids.slice(6, 9));
    expect(await page({ ...among, take: -3, cursor: ids[5] })).toEqual(ids.slice(2, 5));
    expect(await page({ ...among, take: -2 })).toEqual(ids.slice(-2));
    expect(await page({ ...among, take: -1, cursor: ids[1] })).toEqual([ids[0]]);
    expect(await page({ ...among, take: 0 })).toEqual([]);
    expect(await page({ take: -1, name: "copy 000007" })).toEqual([ids[6]]);
    expect(await page({ take: -1, name: "100%" })).toEqual([]);
  });

  test("refuses a cursor that is no id, and a negative page number", async () => {
    expect((await refusedWithoutTrace(world, PAGE, { cursor: "here" }, admin)).extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argument: "cursor",
    });
    expect((await refusedWithoutTrace(world, PAGE, { pageNumber: -1 }, admin)).extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argument: "pageNumber",
    });
  });

  test("goes on behind a Deployment that was deleted and is kept; one that is gone, or that one may not see, is no cursor", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const made = async (label: string) =>
      createDeployment(world, admin, { workspaceId, label, rollbackEnabled: false });
    const [before, kept, gone] = [await made("line 1"), await made("line 2"), await made("line 3")];
    await ask(world, DELETE, { deploymentId: kept.id, deploymentHardDelete: false }, admin);
    await ask(world, DELETE, { deploymentId: gone.id, deploymentHardDelete: true }, admin);
    expect(await page({ name: "line", take: -1, cursor: kept.id })).toEqual([before.id]);
    const viewer = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    for (const [cursor, token] of [
      [gone.id, admin],
      [ids[0], viewer.token],
      [gone.id, viewer.token],
    ] as const) {
      const { extensions, message } = await refusedWithoutTrace(world, PAGE, { cursor }, token);
      expect([extensions["code"], extensions["argument"], message]).toEqual([
        "BAD_USER_INPUT",
        "cursor",
        "cursor: is not a Deployment that you may see",
      ]);
    }
  });

  test("holds what each may see: a role on one Deployment shows that one, a Workspace's all of it", async () => {
    const mine = await createDeployment(world, admin, {
      workspaceId: await createWorkspace(world, admin),
      rollbackEnabled: false,
    });
    const sibling = await createDeployment(world, admin, { workspaceId: mine.workspaceId, rollbackEnabled: false });
    const both = [mine.id, sibling.id].sort();
    const seenBy = async (role: string, place: object): Promise<string[]> =>
      (await page({ take: -1 }, (await userWith(world, admin, role, place)).token)).sort();
    expect(await seenBy("DEPLOYMENT_VIEWER", { deploymentId: mine.id })).toEqual([mine.id]);
    expect(await seenBy("WORKSPACE_VIEWER", { workspaceId: mine.workspaceId })).toEqual(both);
    expect(await seenBy("WORKSPACE_ADMIN", { workspaceId: mine.workspaceId })).toEqual(both);
    expect(await seenBy("SYSTEM_VIEWER", {})).toEqual((await page({ take: -1 })).sort());
    expect(await page({ take: -1 }, (await signUp(world, { by: admin })).token)).toEqual([]);
  });
});

test("a list of thousands takes as many statements as one of ten", async () => {
  const few = await createDeployment(world, admin, {
    workspaceId: await createWorkspace(world, admin),
    rollbackEnabled: false,
  });
  await copies(few.id, 9, "one of few");
  const many = await createDeployment(world, admin, {
    workspaceId: await createWorkspace(world, admin),
    rollbackEnabled: false,
  });
  await copies(many.id, MANY - 1, "one of many");
  const list = `query ($workspaceId: Uuid!) { workspaceDeployments(workspaceUuid: $workspaceId) {
    id workspace { id label } urls { type url } currentRevision { id number } roleBindings { role user { username emails { address } } } } }`;
  const [short, long] = [
    await statementsOf(list, { workspaceId: few.workspaceId }, admin),
    await statementsOf(list, { workspaceId: many.workspaceId }, admin),
  ];
  expect([short.data["workspaceDeployments"]?.length, long.data["workspaceDeployments"]?.length]).toEqual([10, MANY]);
  expect(long.statements).toBe(short.statements);
  expect(long.statements).toBeGreaterThan(2);

  const all = await statementsOf(PAGE, { take: -1 }, admin);
  const ten = await statementsOf(PAGE, { take: 10 }, admin);
  expect(all.data["paginatedDeployments"]?.length).toBeGreaterThan(MANY);
  expect(all.statements).toBe(ten.statements);
});
