import {
  ask,
  createDeployment,
  createWorkspace,
  deployImage,
  rollBack,
  serviceAccountWith,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { CREATE_WORKSPACE, person, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const LINES = `query ($first: Int, $after: String, $filter: AuditLineFilter) { auditLines(first: $first, after: $after, filter: $filter) {
  nodes { id action actorId actorType actorLabel objectType objectId objectLabel workspaceUuid deploymentUuid details requestId address createdAt }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

let world: TestApp;
let admin: string;
let deployment: BuiltDeployment;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin);
  const first = await deployImage(world, admin, deployment);
  await deployImage(world, admin, deployment);
  await rollBack(world, admin, deployment.id, first.id);
});
afterAll(() => world.close());

const lines = async (filter: object, page: object = {}) =>
  (await ask(world, LINES, { filter, ...page }, admin)).auditLines;
const actions = async (filter: object): Promise<string[]> =>
  (await lines(filter)).nodes.map(({ action }: { action: string }) => action);

test("the trail of a Deployment tells its story, newest first", async () => {
  const { nodes } = await lines({ deploymentUuid: deployment.id });
  expect(
    nodes.map(({ action, objectLabel }: { action: string; objectLabel: string }) => [
      action,
      objectLabel.replace(/.* #/, "#"),
    ]),
  ).toEqual([
    ["deploy_revision.roll_back", "#3"],
    ["deploy_revision.record", "#2"],
    ["deploy_revision.record", "#1"],
    ["deployment.update_rollback", expect.any(String)],
    ["deployment.create", expect.any(String)],
  ]);
  expect(nodes[0]).toMatchObject({
    actorType: "USER",
    objectType: "deploy_revision",
    workspaceUuid: deployment.workspaceId,
    details: { to: 1 },
    address: "127.0.0.1",
  });
});

test("lines are found by what they tell, all of it", async () => {
  const maker = await person(world, admin);
  const { data, headers } = await world.send(CREATE_WORKSPACE, { label: "Found" }, maker.token);
  const requestId = String(headers["x-request-id"]);
  const { id } = data.createWorkspace;
  for (const filter of [
    { requestId },
    { objectId: id.toUpperCase() },
    { workspaceUuid: id },
    { actorId: maker.id, action: "workspace" },
    { actorId: maker.id, action: "workspace.create" },
  ]) {
    expect(await actions(filter)).toEqual(["workspace.create"]);
  }
  for (const filter of [
    { requestId, action: "work" },
    { requestId, action: "workspace.delete" },
    { workspaceUuid: "no id" },
    { requestId, createdBefore: "2020-01-01T00:00:00Z" },
  ]) {
    expect(await actions(filter)).toEqual([]);
  }
  expect(await actions({ requestId, createdAfter: "2020-01-01T00:00:00Z", actorId: "" })).toEqual(["workspace.create"]);
});

test("pages follow one another without a gap", async () => {
  const filter = { deploymentUuid: deployment.id };
  const all: string[] = (await lines(filter)).nodes.map(({ id }: { id: string }) => id);
  const walked: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 10; pages++) {
    const { nodes, pageInfo } = await lines(filter, { first: 2, after });
    walked.push(...nodes.map(({ id }: { id: string }) => id));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  expect(walked).toEqual(all);
});

test.each([
  ["first", { first: 0 }],
  ["after", { after: "here" }],
])("a wrong %s is refused", async (argument, page) => {
  expect(await refusedWithoutTrace(world, LINES, page, admin)).toMatchObject({
    code: "BAD_USER_INPUT",
    extensions: { argument },
  });
});

test("nobody below SYSTEM_ADMIN reads it", async () => {
  const editor = await userWith(world, admin, "SYSTEM_EDITOR");
  const chief = await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: await createWorkspace(world, admin) });
  for (const { token } of [editor, chief])
    expect((await refusedWithoutTrace(world, LINES, {}, token)).code).toBe("FORBIDDEN");
  const { token } = await serviceAccountWith(world, admin, "SYSTEM_ADMIN");
  expect((await ask(world, LINES, { first: 1 }, token)).auditLines.nodes).toHaveLength(1);
});

test("no line holds a secret that a request brought or its answer gave", async () => {
  const [password, value, key] = ["a pass phrase of mine", "secret-value-77", "-----BEGIN PRIVATE KEY-----77"];
  const user = await person(world, admin);
  const { createWorkspaceServiceAccount: account } = await ask(
    world,
    'mutation ($id: Uuid!) { createWorkspaceServiceAccount(workspaceUuid: $id, label: "ci", role: WORKSPACE_VIEWER) { apiKey } }',
    { id: deployment.workspaceId },
    admin,
  );
  const CREATE_USER = `mutation ($password: String!, $inviteToken: String) {
    createUser(email: "keeper@example.com", password: $password, inviteToken: $inviteToken) { invitation { token } } }`;
  const { createUser } = await ask(world, CREATE_USER, { password }, admin);
  const inviteToken = createUser.invitation.token as string;
  await ask(world, CREATE_USER, { password, inviteToken });
  const { createToken } = await ask(
    world,
    'mutation ($password: String!) { createToken(identity: "keeper@example.com", password: $password) { token { value } } }',
    { password },
  );
  await ask(
    world,
    `mutation ($id: Uuid!, $release: String!, $value: String!, $key: String!) {
      updateDeploymentVariables(deploymentUuid: $id, releaseName: $release, environmentVariables: [{ key: "S", value: $value, isSecret: true }, { key: "P", value: $value }]) { key }
      updateDeployment(deploymentUuid: $id, dagDeployment: { sshKey: $key }) { id } }`,
    { id: deployment.id, release: deployment.releaseName, value, key },
    admin,
  );
  const written = JSON.stringify(await world.database.sql.query("SELECT * FROM audit_line"));
  for (const secret of [password, value, key, account.apiKey, createToken.token.value, user.token])
    expect(written).not.toContain(secret);
});
