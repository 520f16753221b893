import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUp,
  signUpAdmin,
} from "../builders/api";
import { bindTeam, PAGE_OF_TEAMS, READ_TEAM, TEAM_USERS, teamWith } from "../builders/team-operations";
import {
  ADD_TEAM,
  ADD_USER,
  person,
  refusedWithoutTrace,
  rolesIn,
  UPSERT_USER,
  type Person,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const ADD_DEPLOYMENT_USER = `mutation ($deploymentId: Id!, $email: String!, $userId: Id) {
  deploymentAddUserRole(deploymentId: $deploymentId, email: $email, userId: $userId, role: DEPLOYMENT_VIEWER) { id } }`;
const UPDATE_DEPLOYMENT_USER = `mutation ($deploymentId: Id!, $email: String!, $userId: Id) {
  deploymentUpdateUserRole(deploymentId: $deploymentId, email: $email, userId: $userId, role: DEPLOYMENT_VIEWER) { id } }`;
const REMOVE_DEPLOYMENT_USER = `mutation ($deploymentId: Id!, $email: String!, $userId: Id) {
  deploymentRemoveUserRole(deploymentId: $deploymentId, email: $email, userId: $userId) { id } }`;
const ADD_DEPLOYMENT_TEAM = `mutation ($deploymentUuid: Uuid!, $teamUuid: Uuid!) {
  deploymentAddTeamRole(deploymentUuid: $deploymentUuid, teamUuid: $teamUuid, role: DEPLOYMENT_VIEWER) { id } }`;
const PROFILE = "id username emails { address } roleBindings { role workspace { id } deployment { id } }";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** Somebody with a Workspace and a Deployment of their own, who shares nothing with anybody. */
async function owner(): Promise<Person & { workspaceId: string; deploymentId: string }> {
  const account = await person(world, admin);
  const workspaceId = await createWorkspace(world, account.token);
  const { id: deploymentId } = await createDeployment(world, account.token, { workspaceId });
  return { ...account, workspaceId, deploymentId };
}

const NOBODY = "nobody@example.com";

describe("who has a Workspace of their own", () => {
  test("cannot tell strangers from addresses that nobody has", async () => {
    const { token, workspaceId, deploymentId } = await owner();
    const stranger = await person(world, admin, "SYSTEM_ADMIN");
    for (const [query, place] of [
      [ADD_USER, { workspaceId, role: "WORKSPACE_VIEWER" }],
      [
        ADD_USER,
        { workspaceId, role: "WORKSPACE_VIEWER", deploymentRoles: [{ deploymentId, role: "DEPLOYMENT_VIEWER" }] },
      ],
      [UPSERT_USER, { workspaceId, role: "WORKSPACE_VIEWER" }],
      [ADD_DEPLOYMENT_USER, { deploymentId }],
      [ADD_DEPLOYMENT_USER, { deploymentId, userId: workspaceId }],
      [UPDATE_DEPLOYMENT_USER, { deploymentId, userId: workspaceId }],
      [REMOVE_DEPLOYMENT_USER, { deploymentId, userId: workspaceId }],
    ] as const) {
      const [known, unknown] = [
        await refusedWithoutTrace(world, query, { ...place, email: stranger.email }, token),
        await refusedWithoutTrace(world, query, { ...place, email: NOBODY }, token),
      ];
      expect(known).toEqual(unknown);
      expect(known).toMatchObject({ code: "NOT_FOUND" });
    }
  });

  test("cannot tell foreign Teams from ids that no Team has, nor list them", async () => {
    const { token, workspaceId, deploymentId } = await owner();
    const teamId = await teamWith(world, admin, [(await person(world, admin)).id]);
    await bindTeam(world, teamId, "SYSTEM_VIEWER");
    for (const [query, place, argument] of [
      [ADD_TEAM, { workspaceId, role: "WORKSPACE_VIEWER" }, "teamId"],
      [ADD_DEPLOYMENT_TEAM, { deploymentUuid: deploymentId }, "teamUuid"],
      [READ_TEAM, { workspaceUuid: workspaceId }, "teamUuid"],
      [TEAM_USERS, {}, "teamUuid"],
    ] as const) {
      const [foreign, unknown] = [
        await refusedWithoutTrace(world, query, { ...place, [argument]: teamId }, token),
        await refusedWithoutTrace(world, query, { ...place, [argument]: workspaceId }, token),
      ];
      expect(foreign).toEqual(unknown);
      expect(foreign).toMatchObject({ code: "NOT_FOUND", message: "Team not found" });
    }
    const { paginatedTeams } = await ask(world, PAGE_OF_TEAMS, { workspaceUuid: workspaceId }, token);
    expect(paginatedTeams).toEqual({ count: 0, teams: [] });
  });

  test("finds and adds the Teams that they are in", async () => {
    const { id, token, workspaceId, deploymentId } = await owner();
    const teamId = await teamWith(world, admin, [id]);
    await bindTeam(world, teamId, "SYSTEM_VIEWER", { deploymentId }); // a role that allows nothing there
    const { paginatedTeams } = await ask(world, PAGE_OF_TEAMS, { workspaceUuid: workspaceId }, token);
    expect(paginatedTeams.teams.map((team: { id: string }) => team.id)).toEqual([teamId]);
    await ask(world, ADD_TEAM, { workspaceId, teamId, role: "WORKSPACE_VIEWER" }, token);
  });

  test("adds whoever shares a Workspace or a Team with them, also through a Team", async () => {
    const { id, token, workspaceId, deploymentId } = await owner();
    const [colleague, inTeam, onDeployment, ofDeployment] = [
      await person(world, admin),
      await person(world, admin),
      await person(world, admin),
      await person(world, admin),
    ];
    const shared = await createWorkspace(world, admin);
    const { id: otherDeployment } = await createDeployment(world, admin, { workspaceId: shared });
    await bindRole(world, id, "DEPLOYMENT_VIEWER", { deploymentId: otherDeployment });
    await bindRole(world, colleague.id, "WORKSPACE_VIEWER", { workspaceId: shared });
    await bindRole(world, ofDeployment.id, "DEPLOYMENT_VIEWER", { deploymentId: otherDeployment });
    const onShared = await teamWith(world, admin, [inTeam.id]);
    await bindTeam(world, onShared, "DEPLOYMENT_VIEWER", { deploymentId: otherDeployment });
    await teamWith(world, admin, [id, onDeployment.id]);
    await ask(world, ADD_USER, { workspaceId, email: colleague.email, role: "WORKSPACE_VIEWER" }, token);
    await ask(world, UPSERT_USER, { workspaceId, email: inTeam.email, role: "WORKSPACE_VIEWER" }, token);
    await ask(world, UPSERT_USER, { workspaceId, email: ofDeployment.email, role: "WORKSPACE_VIEWER" }, token);
    await ask(world, ADD_DEPLOYMENT_USER, { deploymentId, email: onDeployment.email }, token);
    await ask(world, ADD_TEAM, { workspaceId, teamId: onShared, role: "WORKSPACE_VIEWER" }, token);
    expect(Object.keys(await rolesIn(world, workspaceId)).sort()).toEqual(
      [id, colleague.id, inTeam.id, ofDeployment.id].sort(),
    );
  });

  test("may give no access through a key of theirs either", async () => {
    const { token, workspaceId } = await owner();
    const { token: apiKey } = await serviceAccountWith(world, token, "WORKSPACE_ADMIN", { workspaceId });
    const stranger = await person(world, admin);
    const command = { workspaceId, email: stranger.email, role: "WORKSPACE_VIEWER" };
    expect(await refusedWithoutTrace(world, ADD_USER, command, apiKey)).toMatchObject({ code: "NOT_FOUND" });
    const { token: system } = await serviceAccountWith(world, admin, "SYSTEM_ADMIN");
    await ask(world, ADD_USER, command, system);
  });
});

describe("of a person", () => {
  test("roles elsewhere are for themselves and for system.users.get", async () => {
    const [host, guest] = [await owner(), await owner()];
    await bindRole(world, guest.id, "SYSTEM_VIEWER");
    await bindRole(world, guest.id, "WORKSPACE_VIEWER", { workspaceId: host.workspaceId });
    await bindRole(world, guest.id, "DEPLOYMENT_EDITOR", { deploymentId: host.deploymentId });
    const query = `query ($id: Uuid!) { workspaceUsers(workspaceUuid: $id) { ${PROFILE} } }`;
    const seen = async (token: string) =>
      (await ask(world, query, { id: host.workspaceId }, token)).workspaceUsers.find(
        ({ id }: { id: string }) => id === guest.id,
      );
    const inPlace = [
      { role: "WORKSPACE_VIEWER", workspace: { id: host.workspaceId }, deployment: null },
      { role: "DEPLOYMENT_EDITOR", workspace: null, deployment: { id: host.deploymentId } },
    ];
    const toHost = await seen(host.token);
    expect(toHost.emails).toEqual([{ address: guest.email }]);
    expect(toHost.roleBindings).toEqual(inPlace);
    for (const token of [admin, guest.token]) {
      const { roleBindings } = await seen(token);
      expect(roleBindings).toEqual(expect.arrayContaining(inPlace));
      expect(roleBindings.map(({ role }: { role: string }) => role).sort()).toEqual([
        "DEPLOYMENT_EDITOR",
        "SYSTEM_VIEWER",
        "WORKSPACE_ADMIN",
        "WORKSPACE_VIEWER",
      ]);
    }
  });

  test("everything is in the answer to their own sign-in", async () => {
    const { id, email, username } = { ...(await person(world, admin, "SYSTEM_VIEWER")), username: undefined };
    const query = `mutation ($identity: String, $password: String!) {
      createToken(identity: $identity, password: $password) { user { ${PROFILE} } } }`;
    const { createToken } = await ask(world, query, { identity: email, password: "correct horse" });
    expect(createToken.user).toEqual({
      id,
      username: username ?? expect.any(String),
      emails: [{ address: email }],
      roleBindings: [{ role: "SYSTEM_VIEWER", workspace: null, deployment: null }],
    });
  });

  test("the address is hidden from those who may see Teams of the system, and not users", async () => {
    const own = await startTestApp({
      env: { ROLES: JSON.stringify({ SYSTEM_VIEWER: { permissions: { "system.users.get": false } } }) },
    });
    try {
      const chief = await signUpAdmin(own);
      const member = await signUp(own, { by: chief });
      const teamId = await teamWith(own, chief, [member.id]);
      await own.database.sql.query(
        "UPDATE app_user SET username = (SELECT address FROM email WHERE user_id = $1) WHERE id = $1",
        [member.id],
      );
      const { token: apiKey } = await serviceAccountWith(own, chief, "SYSTEM_VIEWER");
      const query = `query ($id: Uuid!) { teamUsers(teamUuid: $id) { ${PROFILE} } }`;
      const { teamUsers } = await ask(own, query, { id: teamId }, apiKey);
      expect(teamUsers).toEqual([{ id: member.id, username: null, emails: null, roleBindings: [] }]);
    } finally {
      await own.close();
    }
  });
});

test("a Team's roles elsewhere are for system.teams.get", async () => {
  const host = await owner();
  const teamId = await teamWith(world, admin, [host.id]);
  await bindTeam(world, teamId, "WORKSPACE_VIEWER", { workspaceId: host.workspaceId });
  await bindTeam(world, teamId, "WORKSPACE_VIEWER", { workspaceId: await createWorkspace(world, admin) });
  const outsider = await person(world, admin, "WORKSPACE_ADMIN", { workspaceId: host.workspaceId });
  const { team } = await ask(world, READ_TEAM, { teamUuid: teamId }, outsider.token);
  expect(team.roleBindings.map(({ workspace }: { workspace: { id: string } }) => workspace.id)).toEqual([
    host.workspaceId,
  ]);
  expect((await ask(world, READ_TEAM, { teamUuid: teamId }, admin)).team.roleBindings).toHaveLength(2);
});

test("an open directory lets admins of Workspaces find all Teams and add anybody", async () => {
  const own = await startTestApp({ env: { OPEN_DIRECTORY: "true" } });
  try {
    const chief = await signUpAdmin(own);
    const [{ token }, stranger] = [await signUp(own, { by: chief }), await person(own, chief)];
    const workspaceId = await createWorkspace(own, token);
    const { id: deploymentId } = await createDeployment(own, token, { workspaceId });
    const teamId = await teamWith(own, chief);
    const { paginatedTeams } = await ask(own, PAGE_OF_TEAMS, { workspaceUuid: workspaceId }, token);
    expect(paginatedTeams).toMatchObject({ count: 1, teams: [{ id: teamId }] });
    expect((await ask(own, READ_TEAM, { teamUuid: teamId, workspaceUuid: workspaceId }, token)).team.id).toBe(teamId);
    await ask(own, ADD_TEAM, { workspaceId, teamId, role: "WORKSPACE_VIEWER" }, token);
    await ask(own, ADD_USER, { workspaceId, email: stranger.email, role: "WORKSPACE_VIEWER" }, token);
    await ask(own, ADD_DEPLOYMENT_USER, { deploymentId, email: stranger.email }, token);
    await ask(own, ADD_DEPLOYMENT_TEAM, { deploymentUuid: deploymentId, teamUuid: teamId }, token);
  } finally {
    await own.close();
  }
});
