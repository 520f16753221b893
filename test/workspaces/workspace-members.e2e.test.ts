import {
  ask,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
} from "../builders/api";
import { newId } from "../../src/kernel/ids";
import { auditLinesOf } from "../builders/audit";
import { LIST, NO_IDS, READ } from "../builders/deployment-operations";
import { bindTeam, teamWith } from "../builders/team-operations";
import {
  ADD_TEAM,
  MEMBERS,
  outcomes,
  PAGE_OF_USERS,
  person,
  READ_WORKSPACE,
  refusedWithoutTrace,
  REMOVE_TEAM_FROM_WORKSPACE,
  REMOVE_USER,
  UPDATE_TEAM_ROLE,
  WORKSPACE_TEAMS,
  WORKSPACE_USER,
  WORKSPACE_USERS,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({
    env: {
      DEPLOYMENTS__PAGINATION__WORKSPACE_USERS__MAX_TAKE: "4",
      DEPLOYMENTS__PAGINATION__WORKSPACE__MAX_TAKE: "2",
      OPEN_DIRECTORY: "true", // those who let Teams in share nothing with them before
    },
  });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const NO_ADMIN = /^This would leave the Workspace ".*" without a WORKSPACE_ADMIN: make somebody else one first$/;

const teamsOf = async (workspaceId: string) =>
  (await ask(world, WORKSPACE_TEAMS, { workspaceId }, admin)).workspaceTeams;

/** A Workspace whose only administrator, besides the system's, is its maker. */
async function workspaceOf() {
  const chief = await person(world, admin);
  return { chief, workspaceId: await createWorkspace(world, chief.token) };
}

describe("the users of a Workspace", () => {
  let workspaceId: string;
  let names: string[];
  let ids: string[];
  const page = async (variables: object): Promise<string[]> => {
    const { paginatedWorkspaceUsers: users } = await ask(world, PAGE_OF_USERS, { workspaceId, ...variables }, admin);
    return users.map(({ username }: { username: string }) => username);
  };
  beforeAll(async () => {
    const { chief, workspaceId: made } = await workspaceOf();
    workspaceId = made;
    for (let one = 0; one < 6; one++) await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    const { workspaceUsers: users } = await ask(world, WORKSPACE_USERS, { workspaceId }, chief.token);
    names = users.map(({ username }: { username: string }) => username);
    ids = users.map(({ id }: { id: string }) => id);
  });

  test("are listed by user name, with their roles", async () => {
    expect(names).toHaveLength(7);
    expect(names).toEqual([...names].sort());
    const { workspaceUsers: users } = await ask(world, WORKSPACE_USERS, { workspaceId }, admin);
    for (const { roleBindings } of users)
      expect(roleBindings).toContainEqual({
        role: expect.stringMatching(/^WORKSPACE_/),
        workspace: { id: workspaceId },
      });
  });

  test("come in pages, forwards from the beginning and from a cursor, which is left out itself", async () => {
    expect(await page({ take: 3 })).toEqual(names.slice(0, 3));
    expect(await page({ take: 3, cursor: "" })).toEqual(names.slice(0, 3));
    expect(await page({ take: 3, cursor: ids[2] })).toEqual(names.slice(3, 6));
    expect(await page({ take: 3, cursor: ids[5] })).toEqual(names.slice(6));
    expect(await page({ take: 3, cursor: ids[6] })).toEqual([]);
  });

  test("come in pages backwards, in list order all the same", async () => {
    expect(await page({ take: -2, cursor: ids[4] })).toEqual(names.slice(2, 4));
    expect(await page({ take: -4, cursor: ids[1] })).toEqual(names.slice(0, 1));
    expect(await page({ take: -3 })).toEqual(names.slice(4));
    expect(await page({ take: -3, cursor: ids[0] })).toEqual([]);
  });

  test("come in pages of the size that the configuration allows", async () => {
    expect(await page({})).toEqual(names.slice(0, 4));
    expect(await page({ take: 100 })).toEqual(names.slice(0, 4));
    expect(await page({ take: -100 })).toEqual(names.slice(3));
    expect(await page({ take: 0 })).toEqual([]);
  });

  test("go on behind somebody who has left the Workspace meanwhile, and not behind an account that is gone", async () => {
    const [left, gone] = [
      await person(world, admin, "WORKSPACE_VIEWER", { workspaceId }),
      await person(world, admin, "WORKSPACE_VIEWER", { workspaceId }),
    ];
    await ask(world, REMOVE_USER, { workspaceId, userId: left.id }, admin);
    await ask(world, "mutation ($id: Uuid) { removeUser(id: $id) { id } }", { id: gone.id }, admin);
    const neighbours = [await page({ take: -1, cursor: left.id }), await page({ take: 1, cursor: left.id })].flat();
    expect(neighbours).not.toEqual([]);
    expect(names).toEqual(expect.arrayContaining(neighbours));
    const refusal = await refusedWithoutTrace(world, PAGE_OF_USERS, { workspaceId, cursor: gone.id }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "cursor" } });
  });

  test("go on behind members only, where the caller may not see all users: user names are not to be guessed by it", async () => {
    const member = await person(world, admin, "WORKSPACE_ADMIN", { workspaceId: await createWorkspace(world, admin) });
    const mine = await createWorkspace(world, member.token);
    const stranger = await signUp(world, { by: admin });
    for (const cursor of [stranger.id, newId()]) {
      const refusal = await refusedWithoutTrace(world, PAGE_OF_USERS, { workspaceId: mine, cursor }, member.token);
      expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "cursor" } });
    }
    await ask(world, PAGE_OF_USERS, { workspaceId: mine, cursor: member.id }, member.token);
  });

  test("do not come for a cursor that is no id", async () => {
    const refusal = await refusedWithoutTrace(world, PAGE_OF_USERS, { workspaceId, cursor: "here" }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "cursor" } });
  });

  test("are found by their address, and nobody else is", async () => {
    const member = await person(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const stranger = await person(world, admin);
    const find = async (email: string) =>
      (await ask(world, WORKSPACE_USER, { workspaceId, email }, admin)).workspaceUser;
    expect(await find(member.email.toUpperCase())).toMatchObject({
      id: member.id,
      roleBindings: [{ role: "WORKSPACE_EDITOR", workspace: { id: workspaceId } }],
    });
    expect(await find(stranger.email)).toBeNull();
    expect(await find("nobody@example.com")).toBeNull();
    const refusal = await refusedWithoutTrace(world, WORKSPACE_USER, { workspaceId, email: "" }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "user" } });
  });
});

test("Workspaces come page by page, of the size that the configuration allows", async () => {
  const user = await person(world, admin);
  const ids: string[] = [];
  for (const label of ["a", "b", "c"]) ids.push(await createWorkspace(world, user.token, label));
  const query =
    "query ($take: Int, $pageNumber: Int) { paginatedWorkspaces(take: $take, pageNumber: $pageNumber) { id } }";
  const page = async (variables: object): Promise<string[]> => {
    const { paginatedWorkspaces: found } = await ask(world, query, variables, user.token);
    return found.map(({ id }: { id: string }) => id);
  };
  expect(await page({ take: 2, pageNumber: 0 })).toEqual(ids.slice(0, 2));
  expect(await page({ take: 2, pageNumber: 1 })).toEqual(ids.slice(2));
  expect(await page({ take: 2, pageNumber: 2 })).toEqual([]);
  expect(await page({ take: 50 })).toEqual(ids.slice(0, 2));
  expect((await refusedWithoutTrace(world, query, { take: 0 }, user.token)).extensions).toMatchObject({
    argument: "take",
  });
  expect((await refusedWithoutTrace(world, query, { pageNumber: -1 }, user.token)).extensions).toMatchObject({
    argument: "pageNumber",
  });
});

describe("a Team in a Workspace", () => {
  test("lets its members in, with another role as soon as it has one, and out again", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const member = await signUp(world, { by: admin });
    const teamId = await teamWith(world, admin, [member.id]);
    const rename =
      'mutation ($workspaceId: Uuid!) { updateWorkspace(workspaceUuid: $workspaceId, payload: { label: "Renamed" }) { label } }';
    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId }, member.token)).code).toBe("NOT_FOUND");
    expect(
      (await ask(world, ADD_TEAM, { workspaceId, teamId: teamId.toUpperCase(), role: "WORKSPACE_VIEWER" }, chief.token))
        .workspaceAddTeam.id,
    ).toBe(workspaceId);
    expect(await teamsOf(workspaceId)).toEqual([
      {
        id: teamId,
        name: expect.any(String),
        roleBindings: [{ role: "WORKSPACE_VIEWER", workspace: { id: workspaceId } }],
      },
    ]);
    expect((await refusedWithoutTrace(world, rename, { workspaceId }, member.token)).code).toBe("FORBIDDEN");
    const updated = await ask(world, UPDATE_TEAM_ROLE, { workspaceId, teamId, role: "WORKSPACE_EDITOR" }, chief.token);
    expect(updated).toEqual({ workspaceUpdateTeamRole: "WORKSPACE_EDITOR" });
    await ask(world, rename, { workspaceId }, member.token);
    await ask(world, REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId }, chief.token);
    expect(await teamsOf(workspaceId)).toEqual([]);
    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId }, member.token)).code).toBe("NOT_FOUND");
  });

  test("brings roles on Deployments along, which go with it", async () => {
    const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
    const member = await signUp(world, { by: admin });
    const teamId = await teamWith(world, admin, [member.id]);
    const deploymentRoles = [{ deploymentId, role: "DEPLOYMENT_EDITOR" }];
    await ask(world, ADD_TEAM, { workspaceId, teamId, role: "WORKSPACE_VIEWER", deploymentRoles }, admin);
    expect((await ask(world, READ, { id: deploymentId }, member.token)).deployment.id).toBe(deploymentId);
    await ask(world, REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId }, admin);
    expect((await refusedWithoutTrace(world, READ, { id: deploymentId }, member.token)).code).toBe("NOT_FOUND");
  });

  test("is there once, however often and at once it is added", async () => {
    const { workspaceId } = await workspaceOf();
    const teamId = await teamWith(world, admin);
    const variables = { workspaceId, teamId, role: "WORKSPACE_VIEWER" };
    const counts = await outcomes([1, 2, 3].map(() => world.send(ADD_TEAM, variables, admin)));
    expect(counts).toEqual({ OK: 1, CONFLICT: 2 });
    expect(await refusedWithoutTrace(world, ADD_TEAM, variables, admin)).toMatchObject({
      code: "CONFLICT",
      message: "The Team has a role in this Workspace already",
    });
  });

  test("that does not exist, or has no role there, is not found", async () => {
    const { workspaceId } = await workspaceOf();
    const teamId = await teamWith(world, admin);
    for (const id of NO_IDS()) {
      const refusal = await refusedWithoutTrace(
        world,
        ADD_TEAM,
        { workspaceId, teamId: id, role: "WORKSPACE_VIEWER" },
        admin,
      );
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Team not found" });
    }
    for (const id of [teamId, ...NO_IDS()]) {
      const change = await refusedWithoutTrace(
        world,
        UPDATE_TEAM_ROLE,
        { workspaceId, teamId: id, role: "WORKSPACE_VIEWER" },
        admin,
      );
      const removal = await refusedWithoutTrace(world, REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId: id }, admin);
      for (const refusal of [change, removal])
        expect(refusal).toMatchObject({
          code: "NOT_FOUND",
          message: "Team with a role in this Workspace not found",
        });
    }
  });

  test.each([
    ["role", { role: "SYSTEM_ADMIN" }],
    ["role", { role: "DEPLOYMENT_VIEWER" }],
    ["role", { role: "USER" }],
    ["deploymentRoles", { deploymentRoles: [{ role: "DEPLOYMENT_VIEWER" }] }],
    [
      "deploymentRoles",
      {
        deploymentRoles: [
          { deploymentId: "x", role: "DEPLOYMENT_VIEWER" },
          { deploymentId: "X", role: "DEPLOYMENT_EDITOR" },
        ],
      },
    ],
  ])("is not added with a wrong %s: %j", async (argument, given) => {
    const { workspaceId } = await workspaceOf();
    const variables = { workspaceId, teamId: await teamWith(world, admin), role: "WORKSPACE_VIEWER", ...given };
    const refusal = await refusedWithoutTrace(world, ADD_TEAM, variables, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test("is not let in with more than whoever lets it in has, nor onto Deployments of others", async () => {
    const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
    const elsewhere = await createDeployment(world, admin);
    const teamId = await teamWith(world, admin);
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const variables = { workspaceId, teamId, role: "WORKSPACE_VIEWER" };
    expect((await refusedWithoutTrace(world, ADD_TEAM, variables, editor.token)).code).toBe("FORBIDDEN");
    const foreign = { ...variables, deploymentRoles: [{ deploymentId: elsewhere.id, role: "DEPLOYMENT_VIEWER" }] };
    expect(await refusedWithoutTrace(world, ADD_TEAM, foreign, admin)).toMatchObject({
      code: "NOT_FOUND",
      message: "Deployment not found",
    });
    await ask(world, ADD_TEAM, { ...variables, deploymentRoles: [{ deploymentId, role: "DEPLOYMENT_ADMIN" }] }, admin);
  });

  test("counts as the last admin, and stays one while nobody else is", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const member = await signUp(world, { by: admin });
    const teamId = await teamWith(world, admin, [member.id]);
    await ask(world, ADD_TEAM, { workspaceId, teamId, role: "WORKSPACE_ADMIN" }, chief.token);
    await ask(world, REMOVE_USER, { workspaceId, userId: chief.id }, chief.token);
    const less = await refusedWithoutTrace(
      world,
      UPDATE_TEAM_ROLE,
      { workspaceId, teamId, role: "WORKSPACE_EDITOR" },
      member.token,
    );
    const gone = await refusedWithoutTrace(world, REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId }, admin);
    for (const refusal of [less, gone])
      expect(refusal).toMatchObject({ code: "CONFLICT", message: expect.stringMatching(NO_ADMIN) });
  });

  test("without members is nobody who could let others in", async () => {
    const { workspaceId, chief } = await workspaceOf();
    await ask(
      world,
      ADD_TEAM,
      { workspaceId, teamId: await teamWith(world, admin), role: "WORKSPACE_ADMIN" },
      chief.token,
    );
    const refusal = await refusedWithoutTrace(world, REMOVE_USER, { workspaceId, userId: chief.id }, chief.token);
    expect(refusal).toMatchObject({ code: "CONFLICT", message: expect.stringMatching(NO_ADMIN) });
  });

  test("and the last person who is admin, removed at the same moment, leave one of both", async () => {
    for (let round = 0; round < 5; round++) {
      const { workspaceId, chief } = await workspaceOf();
      const member = await signUp(world, { by: admin });
      const teamId = await teamWith(world, admin, [member.id]);
      await ask(world, ADD_TEAM, { workspaceId, teamId, role: "WORKSPACE_ADMIN" }, chief.token);
      const counts = await outcomes([
        world.send(REMOVE_USER, { workspaceId, userId: chief.id }, admin),
        world.send(REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId }, admin),
      ]);
      expect(counts).toEqual({ OK: 1, CONFLICT: 1 });
    }
  });

  test("leaves audit lines of what became of it", async () => {
    const { workspaceId } = await workspaceOf();
    const teamId = await teamWith(world, admin);
    const lines: unknown[] = [];
    for (const [query, variables] of [
      [ADD_TEAM, { workspaceId, teamId, role: "WORKSPACE_VIEWER" }],
      [UPDATE_TEAM_ROLE, { workspaceId, teamId, role: "WORKSPACE_EDITOR" }],
      [REMOVE_TEAM_FROM_WORKSPACE, { workspaceId, teamId }],
    ] as const) {
      const { headers } = await world.send(query, variables, admin);
      const requestId = String(headers["x-request-id"]);
      lines.push(
        ...(await auditLinesOf(world, requestId)).map(({ action, objectId, details }) => [action, objectId, details]),
      );
    }
    expect(lines).toEqual([
      ["workspace.add_team", workspaceId, { teamId, role: "WORKSPACE_VIEWER", deployments: 0 }],
      ["workspace.update_team_role", workspaceId, { teamId, role: "WORKSPACE_EDITOR" }],
      ["workspace.remove_team", workspaceId, { teamId, role: "WORKSPACE_EDITOR" }],
    ]);
  });
});

describe("whoever has a role on one Deployment only", () => {
  test.each(["person", "service account"])(
    "finds the way to it through its Workspace, of which they learn nothing else: %s",
    async (kind) => {
      const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
      await createDeployment(world, admin, { workspaceId });
      await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
      await bindTeam(world, await teamWith(world, admin), "WORKSPACE_VIEWER", { workspaceId });
      const { token } =
        kind === "person"
          ? await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId })
          : await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId });

      expect((await ask(world, READ_WORKSPACE, { workspaceId }, token)).workspace).toMatchObject({
        id: workspaceId,
        label: expect.any(String),
      });
      expect((await ask(world, "{ workspaces { id } }", null, token)).workspaces).toEqual([{ id: workspaceId }]);
      const { workspaceDeployments } = await ask(world, LIST, { workspaceId }, token);
      expect(workspaceDeployments.map(({ id }: { id: string }) => id)).toEqual([deploymentId]);
      expect((await ask(world, MEMBERS, { workspaceId }, token)).workspace).toEqual({
        users: null,
        roleBindings: null,
      });
      for (const query of [WORKSPACE_USERS, WORKSPACE_TEAMS])
        expect((await refusedWithoutTrace(world, query, { workspaceId }, token)).code).toBe("FORBIDDEN");
      const elsewhere = await createWorkspace(world, admin);
      expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId: elsewhere }, token)).code).toBe(
        "NOT_FOUND",
      );
    },
  );
});
