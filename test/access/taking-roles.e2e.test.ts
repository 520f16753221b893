import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUpAdmin,
  uniqueName,
  userWith,
  type Place,
} from "../builders/api";
import {
  bindTeam,
  GRANT_TEAM,
  GRANT_USER,
  REMOVE_TEAM,
  REVOKE_TEAM,
  REVOKE_USER,
  teamWith,
  UPDATE_TEAM,
} from "../builders/team-operations";
import { REMOVE_USER_ACCOUNT, UPDATE_USER } from "../builders/user-operations";
import {
  person,
  refusedWithoutTrace,
  REMOVE_TEAM_FROM_WORKSPACE,
  REMOVE_USER,
  UPDATE_TEAM_ROLE,
  UPSERT_USER,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

/** Permissions that a start may give to roles that have them by no default. */
const ROLES = {
  SYSTEM_EDITOR: {
    permissions: {
      "system.iam.update": true,
      "system.user.delete": true,
      "system.teams.update": true,
      "system.teams.remove": true,
    },
  },
  WORKSPACE_EDITOR: { permissions: { "workspace.iam.update": true } },
  DEPLOYMENT_EDITOR: { permissions: { "deployment.userRoles.update": true, "deployment.teamRoles.update": true } },
  WORKSPACE_VIEWER: { permissions: { "workspace.serviceAccounts.get": false, "workspace.teams.get": false } },
  DEPLOYMENT_VIEWER: { permissions: { "deployment.serviceAccounts.get": false, "deployment.teams.get": false } },
};

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({ env: { ROLES: JSON.stringify(ROLES) } });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** Somebody with a role, and a Team with it that they are in. */
async function holdersOf(role: string, place: Place = {}) {
  const user = await person(world, admin, role, place);
  const member = await person(world, admin);
  const teamId = await teamWith(world, admin, [member.id]);
  await bindTeam(world, teamId, role, place);
  return { userId: user.id, email: user.email, teamId, memberId: member.id };
}
type Holders = Awaited<ReturnType<typeof holdersOf>>;

const SYSTEM_CALLS: [string, (holders: Holders) => [string, object]][] = [
  ["rename a user", ({ userId }) => [UPDATE_USER, { userUuid: userId, fullName: "x" }]],
  ["lower a user's role", ({ userId }) => [GRANT_USER, { userId, role: "SYSTEM_VIEWER" }]],
  ["lower a Team's role", ({ teamId }) => [GRANT_TEAM, { teamUuid: teamId, role: "SYSTEM_VIEWER" }]],
  ["rename a Team", ({ teamId }) => [UPDATE_TEAM, { id: teamId, newName: uniqueName("renamed") }]],
  ["take somebody out of a Team", ({ teamId, memberId }) => [UPDATE_TEAM, { id: teamId, removeUserIds: [memberId] }]],
  ["remove a Team", ({ teamId }) => [REMOVE_TEAM, { id: teamId }]],
  ["remove a user", ({ userId }) => [REMOVE_USER_ACCOUNT, { id: userId }]],
];

describe("an editor of the system with more permissions", () => {
  test.each(SYSTEM_CALLS)("may %s who holds no more, and not an administrator", async (_name, call) => {
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const [query, variables] = call(await holdersOf("SYSTEM_ADMIN"));
    expect(await refusedWithoutTrace(world, query, variables, editor.token)).toMatchObject({ code: "FORBIDDEN" });
    const [same, others] = call(await holdersOf("SYSTEM_EDITOR"));
    await ask(world, same, others, editor.token);
  });

  test("takes no role away that they could not give", async () => {
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const { userId, teamId } = await holdersOf("SYSTEM_ADMIN");
    for (const [query, variables] of [
      [REVOKE_USER, { userId, role: "SYSTEM_ADMIN" }],
      [REVOKE_TEAM, { teamUuid: teamId, role: "SYSTEM_ADMIN" }],
    ] as const)
      expect(await refusedWithoutTrace(world, query, variables, editor.token)).toMatchObject({ code: "FORBIDDEN" });
    const other = await holdersOf("SYSTEM_EDITOR");
    await ask(world, REVOKE_USER, { userId: other.userId, role: "SYSTEM_EDITOR" }, editor.token);
    await ask(world, REVOKE_TEAM, { teamUuid: other.teamId, role: "SYSTEM_EDITOR" }, editor.token);
  });

  test("changes the description of any Team", async () => {
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const { teamId } = await holdersOf("SYSTEM_ADMIN");
    await ask(world, UPDATE_TEAM, { id: teamId, description: "new" }, editor.token);
  });
});

test("a group of a provider keeps its name", async () => {
  const id = await teamWith(world, admin, [], { provider: "okta" });
  const renamed = { id, newName: uniqueName("renamed") };
  expect(await refusedWithoutTrace(world, UPDATE_TEAM, renamed, admin)).toMatchObject({ code: "CONFLICT" });
  await ask(world, UPDATE_TEAM, { id, description: "new" }, admin);
});

describe("in a Workspace", () => {
  const CALLS: [string, (holders: Holders, workspaceId: string) => [string, object]][] = [
    [
      "lower a user's role",
      ({ email }, workspaceId) => [UPSERT_USER, { workspaceId, email, role: "WORKSPACE_VIEWER" }],
    ],
    ["remove a user", ({ userId }, workspaceId) => [REMOVE_USER, { workspaceId, userId }]],
    [
      "lower a Team's role",
      ({ teamId }, workspaceId) => [UPDATE_TEAM_ROLE, { workspaceId, teamId, role: "WORKSPACE_VIEWER" }],
    ],
    ["remove a Team", ({ teamId }, workspaceId) => [REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId }]],
  ];

  test.each(CALLS)("an editor may %s who holds no more, and not an administrator", async (_name, call) => {
    const workspaceId = await createWorkspace(world, admin);
    const editor = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const [query, variables] = call(await holdersOf("WORKSPACE_ADMIN", { workspaceId }), workspaceId);
    expect(await refusedWithoutTrace(world, query, variables, editor.token)).toMatchObject({ code: "FORBIDDEN" });
    const [same, others] = call(await holdersOf("WORKSPACE_EDITOR", { workspaceId }), workspaceId);
    await ask(world, same, others, editor.token);
  });

  test("an editor does not remove a viewer who is an administrator of a Deployment", async () => {
    const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
    const editor = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const { userId } = await holdersOf("WORKSPACE_VIEWER", { workspaceId });
    await bindRole(world, userId, "DEPLOYMENT_ADMIN", { deploymentId });
    expect(await refusedWithoutTrace(world, REMOVE_USER, { workspaceId, userId }, editor.token)).toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

describe("on a Deployment", () => {
  const CALLS: [string, (holders: Holders, id: string) => [string, object]][] = [
    [
      "lower a user's role",
      ({ email }, id) => [
        `mutation ($id: Id!, $email: String!) { deploymentUpdateUserRole(deploymentId: $id, email: $email, role: DEPLOYMENT_VIEWER) { id } }`,
        { id, email },
      ],
    ],
    [
      "take a user's role away",
      ({ email, userId }, id) => [
        `mutation ($id: Id!, $email: String!, $userId: Id) { deploymentRemoveUserRole(deploymentId: $id, email: $email, userId: $userId) { id } }`,
        { id, email, userId },
      ],
    ],
    [
      "lower a Team's role",
      ({ teamId }, id) => [
        `mutation ($id: Uuid!, $teamId: Uuid!) { deploymentUpdateTeamRole(deploymentUuid: $id, teamUuid: $teamId, role: DEPLOYMENT_VIEWER) { id } }`,
        { id, teamId },
      ],
    ],
    [
      "take a Team's role away",
      ({ teamId }, id) => [
        `mutation ($id: Uuid!, $teamId: Uuid!) { deploymentRemoveTeamRole(deploymentUuid: $id, teamUuid: $teamId) { id } }`,
        { id, teamId },
      ],
    ],
  ];

  test.each(CALLS)("an editor may %s who holds no more, and not an administrator", async (_name, call) => {
    const { id } = await createDeployment(world, admin);
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: id });
    const [query, variables] = call(await holdersOf("DEPLOYMENT_ADMIN", { deploymentId: id }), id);
    expect(await refusedWithoutTrace(world, query, variables, editor.token)).toMatchObject({ code: "FORBIDDEN" });
    const [same, others] = call(await holdersOf("DEPLOYMENT_EDITOR", { deploymentId: id }), id);
    await ask(world, same, others, editor.token);
  });
});

test("role bindings show Teams and service accounts to those only who may list them", async () => {
  const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
  for (const [level, place] of [
    ["WORKSPACE", { workspaceId }],
    ["DEPLOYMENT", { deploymentId }],
  ] as const) {
    const { teamId } = await holdersOf(`${level}_EDITOR`, place);
    const account = await serviceAccountWith(world, admin, `${level}_EDITOR`, place);
    const bindings = "roleBindings { user { id } team { id name } serviceAccount { id label apiKey } }";
    const query =
      level === "WORKSPACE"
        ? `{ place: workspace(workspaceUuid: "${workspaceId}") { ${bindings} } }`
        : `{ place: deployment(where: { id: "${deploymentId}" }) { ${bindings} } }`;
    const seen = async (token: string): Promise<string> => JSON.stringify(await ask(world, query, null, token));
    const viewer = await userWith(world, admin, `${level}_VIEWER`, place);
    expect(await seen(viewer.token)).toContain(viewer.id);
    for (const hidden of [teamId, account.id]) {
      expect(await seen(viewer.token)).not.toContain(hidden);
      expect(await seen(admin)).toContain(hidden);
    }
  }
});
