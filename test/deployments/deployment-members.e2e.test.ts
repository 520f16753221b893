import { ask, createDeployment, createWorkspace, signUp, signUpAdmin, userWith } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { NO_IDS, READ } from "../builders/deployment-operations";
import { bindTeam, teamWith } from "../builders/team-operations";
import { outcomes, person, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const BINDING = "id role user { username } deployment { id }";
const USERS = `query ($deploymentId: Id!, $user: UserSearch) {
  deploymentUsers(deploymentId: $deploymentId, user: $user) { id username roleBindings { role deployment { id } } } }`;
const ADD_USER = `mutation ($userId: Id, $email: String!, $deploymentId: Id!, $role: Role!) {
  deploymentAddUserRole(userId: $userId, email: $email, deploymentId: $deploymentId, role: $role) { ${BINDING} } }`;
const UPDATE_USER = ADD_USER.replace("deploymentAddUserRole", "deploymentUpdateUserRole");
const REMOVE_USER = `mutation ($userId: Id, $email: String!, $deploymentId: Id!) {
  deploymentRemoveUserRole(userId: $userId, email: $email, deploymentId: $deploymentId) { ${BINDING} } }`;
const TEAMS =
  "query ($deploymentUuid: Uuid!) { deploymentTeams(deploymentUuid: $deploymentUuid) { id roleBindings { role deployment { id } } } }";
const ADD_TEAM = `mutation ($teamUuid: Uuid!, $deploymentUuid: Uuid!, $role: Role!) {
  deploymentAddTeamRole(teamUuid: $teamUuid, deploymentUuid: $deploymentUuid, role: $role) { id role deployment { id } } }`;
const UPDATE_TEAM = ADD_TEAM.replace("deploymentAddTeamRole", "deploymentUpdateTeamRole");
const REMOVE_TEAM = `mutation ($teamUuid: Uuid!, $deploymentUuid: Uuid!) {
  deploymentRemoveTeamRole(teamUuid: $teamUuid, deploymentUuid: $deploymentUuid) { role } }`;

let world: TestApp;
let admin: string;
let deploymentId: string;
let workspaceId: string;
beforeAll(async () => {
  // Those who let others in share nothing with them before.
  world = await startTestApp({ env: { OPEN_DIRECTORY: "true" } });
  admin = await signUpAdmin(world);
});
beforeEach(async () => {
  ({ id: deploymentId, workspaceId } = await createDeployment(world, admin, { rollbackEnabled: false }));
});
afterAll(() => world.close());

/** As the command-line client lists them: with every field of the search, empty where it says nothing. */
const usersOf = async (search: object = {}) =>
  (await ask(world, USERS, { deploymentId, user: { userId: "", email: "", fullName: "", ...search } }, admin))
    .deploymentUsers;

describe("a user on a Deployment", () => {
  test("gets a role, another one, and none, without one in the Workspace", async () => {
    const user = await person(world, admin);
    const { email } = user;
    const { deploymentAddUserRole: added } = await ask(
      world,
      ADD_USER,
      { email: email.toUpperCase(), deploymentId, role: "DEPLOYMENT_VIEWER" },
      admin,
    );
    expect(added).toEqual({
      id: expect.any(String),
      role: "DEPLOYMENT_VIEWER",
      user: { username: expect.any(String) },
      deployment: { id: deploymentId },
    });
    expect((await ask(world, READ, { id: deploymentId }, user.token)).deployment.id).toBe(deploymentId);
    expect(await usersOf()).toEqual([
      {
        id: user.id,
        username: added.user.username,
        roleBindings: [{ role: "DEPLOYMENT_VIEWER", deployment: { id: deploymentId } }],
      },
    ]);

    const { deploymentUpdateUserRole: updated } = await ask(
      world,
      UPDATE_USER,
      { email, userId: user.id.toUpperCase(), deploymentId, role: "DEPLOYMENT_EDITOR" },
      admin,
    );
    expect(updated).toEqual({ ...added, role: "DEPLOYMENT_EDITOR" });
    const { deploymentRemoveUserRole: removed } = await ask(
      world,
      REMOVE_USER,
      { email, userId: "", deploymentId },
      admin,
    );
    expect(removed).toEqual(updated);
    expect(await usersOf()).toEqual([]);
    expect((await refusedWithoutTrace(world, READ, { id: deploymentId }, user.token)).code).toBe("NOT_FOUND");
  });

  test("is found by what the search says, and by all of it", async () => {
    const [one, other] = [
      await person(world, admin, "DEPLOYMENT_VIEWER", { deploymentId }),
      await person(world, admin, "DEPLOYMENT_ADMIN", { deploymentId }),
    ];
    const idsOf = async (search: object): Promise<string[]> =>
      (await usersOf(search)).map(({ id }: { id: string }) => id);
    expect((await idsOf({})).sort()).toEqual([one.id, other.id].sort());
    expect(await idsOf({ email: one.email })).toEqual([one.id]);
    expect(await idsOf({ userId: other.id })).toEqual([other.id]);
    expect(await idsOf({ userId: other.id, email: one.email })).toEqual([]);
    expect(await idsOf({ userId: "no id" })).toEqual([]);
  });

  test("of the Workspace or of another Deployment is not listed", async () => {
    await person(world, admin, "WORKSPACE_ADMIN", { workspaceId });
    const sibling = await createDeployment(world, admin, { workspaceId, rollbackEnabled: false });
    await person(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: sibling.id });
    expect(await usersOf()).toEqual([]);
  });

  test("is added once, however often and at once", async () => {
    const { email } = await person(world, admin);
    const variables = { email, deploymentId, role: "DEPLOYMENT_VIEWER" };
    expect(await outcomes([1, 2, 3].map(() => world.send(ADD_USER, variables, admin)))).toEqual({ OK: 1, CONFLICT: 2 });
    expect((await refusedWithoutTrace(world, ADD_USER, variables, admin)).message).toBe(
      "The user has a role on this Deployment already",
    );
  });

  test("that nobody knows, or has no role there, is not found", async () => {
    const { email } = await person(world, admin);
    const nobody = { email: "nobody@example.com", deploymentId, role: "DEPLOYMENT_VIEWER" };
    for (const query of [ADD_USER, UPDATE_USER, REMOVE_USER])
      expect(await refusedWithoutTrace(world, query, nobody, admin)).toMatchObject({
        code: "NOT_FOUND",
        message: query === ADD_USER ? "User not found" : "User with a role on this Deployment not found",
      });
    for (const query of [UPDATE_USER, REMOVE_USER]) {
      const refusal = await refusedWithoutTrace(
        world,
        query,
        { email, deploymentId, role: "DEPLOYMENT_VIEWER" },
        admin,
      );
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "User with a role on this Deployment not found" });
    }
  });

  test.each([
    ["email", { email: "no address" }],
    ["userId", { userId: "somebody else" }],
    ["role", { role: "WORKSPACE_VIEWER" }],
    ["role", { role: "SYSTEM_ADMIN" }],
    ["role", { role: "USER" }],
  ])("is not added with a wrong %s: %j", async (argument, given) => {
    const { email } = await person(world, admin);
    const refusal = await refusedWithoutTrace(
      world,
      ADD_USER,
      { email, deploymentId, role: "DEPLOYMENT_VIEWER", ...given },
      admin,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test("leaves audit lines of what became of him", async () => {
    const { id: userId, email } = await person(world, admin);
    const lines: unknown[] = [];
    for (const [query, role] of [
      [ADD_USER, "DEPLOYMENT_VIEWER"],
      [UPDATE_USER, "DEPLOYMENT_ADMIN"],
      [REMOVE_USER, "DEPLOYMENT_ADMIN"],
    ] as const) {
      const { headers } = await world.send(query, { email, deploymentId, role }, admin);
      const requestId = String(headers["x-request-id"]);
      lines.push(
        ...(await auditLinesOf(world, requestId)).map(({ action, objectId, details }) => [action, objectId, details]),
      );
    }
    expect(lines).toEqual([
      ["deployment.add_user", deploymentId, { userId, role: "DEPLOYMENT_VIEWER" }],
      ["deployment.update_user_role", deploymentId, { userId, role: "DEPLOYMENT_ADMIN" }],
      ["deployment.remove_user", deploymentId, { userId, role: "DEPLOYMENT_ADMIN" }],
    ]);
  });
});

describe("a Team on a Deployment", () => {
  const teamsOf = async () => (await ask(world, TEAMS, { deploymentUuid: deploymentId }, admin)).deploymentTeams;

  test("lets its members onto it, with another role as soon as it has one, and off again", async () => {
    const member = await signUp(world, { by: admin });
    const teamUuid = await teamWith(world, admin, [member.id]);
    const variables = { teamUuid, deploymentUuid: deploymentId, role: "DEPLOYMENT_VIEWER" };
    expect((await ask(world, ADD_TEAM, variables, admin)).deploymentAddTeamRole).toMatchObject({
      role: "DEPLOYMENT_VIEWER",
      deployment: { id: deploymentId },
    });
    expect((await ask(world, READ, { id: deploymentId }, member.token)).deployment.id).toBe(deploymentId);
    expect(await teamsOf()).toEqual([
      { id: teamUuid, roleBindings: [{ role: "DEPLOYMENT_VIEWER", deployment: { id: deploymentId } }] },
    ]);
    expect(
      (await ask(world, UPDATE_TEAM, { ...variables, role: "DEPLOYMENT_ADMIN" }, admin)).deploymentUpdateTeamRole.role,
    ).toBe("DEPLOYMENT_ADMIN");
    expect((await ask(world, REMOVE_TEAM, variables, member.token)).deploymentRemoveTeamRole.role).toBe(
      "DEPLOYMENT_ADMIN",
    );
    expect(await teamsOf()).toEqual([]);
    expect((await refusedWithoutTrace(world, READ, { id: deploymentId }, member.token)).code).toBe("NOT_FOUND");
  });

  test("that is not there, or has no role, is not found, and one that has one is not added again", async () => {
    const teamUuid = await teamWith(world, admin);
    const variables = { deploymentUuid: deploymentId, role: "DEPLOYMENT_VIEWER" };
    for (const id of NO_IDS()) {
      for (const query of [ADD_TEAM, UPDATE_TEAM, REMOVE_TEAM]) {
        expect(await refusedWithoutTrace(world, query, { ...variables, teamUuid: id }, admin)).toMatchObject({
          code: "NOT_FOUND",
          message: query === ADD_TEAM ? "Team not found" : "Team with a role on this Deployment not found",
        });
      }
    }
    for (const query of [UPDATE_TEAM, REMOVE_TEAM])
      expect((await refusedWithoutTrace(world, query, { ...variables, teamUuid }, admin)).message).toBe(
        "Team with a role on this Deployment not found",
      );
    expect(await outcomes([1, 2, 3].map(() => world.send(ADD_TEAM, { ...variables, teamUuid }, admin)))).toEqual({
      OK: 1,
      CONFLICT: 2,
    });
  });

  test.each(["WORKSPACE_VIEWER", "SYSTEM_ADMIN", "USER"])("is not given %s", async (role) => {
    const variables = { teamUuid: await teamWith(world, admin), deploymentUuid: deploymentId, role };
    expect(await refusedWithoutTrace(world, ADD_TEAM, variables, admin)).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument: "role" },
    });
  });
});

describe("the members of a Deployment", () => {
  const asked = async () => {
    const stranger = await person(world, admin);
    const member = await person(world, admin, "DEPLOYMENT_VIEWER", { deploymentId });
    const team = await teamWith(world, admin);
    await bindTeam(world, team, "DEPLOYMENT_VIEWER", { deploymentId });
    const onTeam = { deploymentUuid: deploymentId, teamUuid: team, role: "DEPLOYMENT_VIEWER" };
    return {
      read: [
        [USERS, { deploymentId }],
        [TEAMS, { deploymentUuid: deploymentId }],
      ],
      change: [
        [ADD_USER, { deploymentId, email: stranger.email, role: "DEPLOYMENT_VIEWER" }],
        [UPDATE_USER, { deploymentId, email: member.email, role: "DEPLOYMENT_VIEWER" }],
        [REMOVE_USER, { deploymentId, email: member.email }],
        [ADD_TEAM, { ...onTeam, teamUuid: await teamWith(world, admin) }],
        [UPDATE_TEAM, onTeam],
        [REMOVE_TEAM, onTeam],
      ],
    } as const;
  };

  test.each([
    ["SYSTEM_ADMIN", "OK", "OK"],
    ["SYSTEM_EDITOR", "OK", "FORBIDDEN"],
    ["SYSTEM_VIEWER", "OK", "FORBIDDEN"],
    ["WORKSPACE_ADMIN", "OK", "OK"],
    ["WORKSPACE_EDITOR", "FORBIDDEN", "FORBIDDEN"],
    ["WORKSPACE_VIEWER", "FORBIDDEN", "FORBIDDEN"],
    ["DEPLOYMENT_ADMIN", "OK", "OK"],
    ["DEPLOYMENT_EDITOR", "OK", "FORBIDDEN"],
    ["DEPLOYMENT_VIEWER", "OK", "FORBIDDEN"],
    ["USER", "NOT_FOUND", "NOT_FOUND"],
  ])("%s: reading %s, changing %s", async (role, reading, changing) => {
    const { read, change } = await asked();
    const place = role.startsWith("WORKSPACE")
      ? { workspaceId }
      : role.startsWith("DEPLOYMENT")
        ? { deploymentId }
        : {};
    const { token } = role === "USER" ? await signUp(world, { by: admin }) : await userWith(world, admin, role, place);
    const outcomeOf = async ([query, variables]: readonly [string, object]): Promise<string> => {
      const { errors } = await world.send(query, variables, token);
      return errors?.[0]?.extensions.code ?? "OK";
    };
    for (const one of read) expect(await outcomeOf(one)).toBe(reading);
    for (const one of change) expect(await outcomeOf(one)).toBe(changing);
  });

  test("of others are as those of one that is not there", async () => {
    const { read, change } = await asked();
    const elsewhere = await createDeployment(world, admin, {
      workspaceId: await createWorkspace(world, admin),
      rollbackEnabled: false,
    });
    const { token } = await userWith(world, admin, "DEPLOYMENT_ADMIN", { deploymentId: elsewhere.id });
    for (const [query, variables] of [...read, ...change]) {
      expect(await refusedWithoutTrace(world, query, variables, token)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deployment not found",
      });
    }
  });

  test("are given no more than whoever gives it has", async () => {
    const roles = {
      DEPLOYMENT_EDITOR: { permissions: { "deployment.userRoles.update": true, "deployment.teamRoles.update": true } },
    };
    const own = await startTestApp({ env: { ROLES: JSON.stringify(roles), OPEN_DIRECTORY: "true" } });
    try {
      const chief = await signUpAdmin(own);
      const { id } = await createDeployment(own, chief, { rollbackEnabled: false });
      const editor = await userWith(own, chief, "DEPLOYMENT_EDITOR", { deploymentId: id });
      const user = await person(own, chief);
      const teamUuid = await teamWith(own, chief);
      const higher = [
        [ADD_USER, { deploymentId: id, email: user.email, role: "DEPLOYMENT_ADMIN" }],
        [ADD_TEAM, { deploymentUuid: id, teamUuid, role: "DEPLOYMENT_ADMIN" }],
      ] as const;
      for (const [query, variables] of higher)
        expect((await refusedWithoutTrace(own, query, variables, editor.token)).code).toBe("FORBIDDEN");
      await ask(own, ADD_USER, { deploymentId: id, email: user.email, role: "DEPLOYMENT_EDITOR" }, editor.token);
    } finally {
      await own.close();
    }
  });
});
