import { newId } from "../../src/kernel/ids";
import { ask, bindRole, createWorkspace, signUp, signUpAdmin, uniqueName, userWith } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import {
  bindTeam,
  CREATE_TEAM,
  READ_TEAM,
  REMOVE_TEAM,
  TEAM_USERS,
  teamWith,
  UPDATE_TEAM,
} from "../builders/team-operations";
import { untilNotified } from "../builders/until-notified";
import { outcomes, READ_WORKSPACE, refusedWithoutTrace, UPDATE_WORKSPACE } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const members = async (teamUuid: string): Promise<string[]> =>
  (await ask(world, TEAM_USERS, { teamUuid }, admin)).teamUsers.map(({ id }: { id: string }) => id).sort();

const people = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let one = 0; one < count; one++) ids.push((await signUp(world, { by: admin })).id);
  return ids.sort();
};

describe("createTeam", () => {
  test("answers the Team with its members, and records who made it", async () => {
    const [first = "", second = ""] = await people(2);
    const name = uniqueName("Data Engineering");
    const { data, headers } = await world.send(
      CREATE_TEAM,
      { name: `  ${name} `, description: "pipelines", userIds: [first, second.toUpperCase(), first] },
      admin,
    );
    const { team, message } = data.createTeam;
    expect(team).toEqual({
      id: expect.any(String),
      name,
      description: "pipelines",
      provider: "local",
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      updatedAt: team.createdAt,
      users: expect.arrayContaining([{ id: first }, { id: second }]),
      roleBindings: [],
    });
    expect(team.users).toHaveLength(2);
    expect(message).toContain(name);
    expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
      {
        action: "team.create",
        objectType: "team",
        objectId: team.id,
        objectLabel: name,
        details: { provider: "local", addedUserIds: `${first} ${second}` },
      },
    ]);
  });

  test("with an empty provider makes a local Team", async () => {
    const { createTeam } = await ask(world, CREATE_TEAM, { name: uniqueName("team"), provider: "" }, admin);
    expect(createTeam.team).toMatchObject({ provider: "local" });
  });

  test("can make the Team of a provider's group before anybody of it has come", async () => {
    const name = uniqueName("group");
    const { createTeam } = await ask(world, CREATE_TEAM, { name, provider: "okta" }, admin);
    expect(createTeam.team).toMatchObject({ name, provider: "okta", users: [] });
    await ask(world, CREATE_TEAM, { name }, admin);
    expect(await refusedWithoutTrace(world, CREATE_TEAM, { name, provider: "okta" }, admin)).toMatchObject({
      code: "CONFLICT",
    });
  });

  test.each<[string, object, string]>([
    ["no name", { name: " \t" }, "BAD_USER_INPUT"],
    ["a name too long", { name: "x".repeat(191) }, "BAD_USER_INPUT"],
    ["a control character", { name: "a\nb" }, "BAD_USER_INPUT"],
    ["a NUL", { name: "a\0b" }, "BAD_USER_INPUT"],
    ["a description too long", { description: "x".repeat(1001) }, "BAD_USER_INPUT"],
    ["a provider that there is not", { provider: "myspace" }, "BAD_USER_INPUT"],
    ["too many members", { userIds: Array.from({ length: 501 }, newId) }, "BAD_USER_INPUT"],
    ["a member who is nobody", { userIds: [newId()] }, "NOT_FOUND"],
    ["a member whose id is none", { userIds: ["me"] }, "NOT_FOUND"],
    ["members of a provider's group", { provider: "okta", userIds: [newId()] }, "CONFLICT"],
  ])("refuses %s, and makes nothing", async (_name, malformed, code) => {
    expect(
      await refusedWithoutTrace(world, CREATE_TEAM, { name: uniqueName("team"), ...malformed }, admin),
    ).toMatchObject({ code });
  });

  test("gives a name once, also to several who ask at the same moment", async () => {
    const name = uniqueName("popular");
    const requests = Array.from({ length: 6 }, () => world.send(CREATE_TEAM, { name }, admin));
    expect(await outcomes(requests)).toEqual({ OK: 1, CONFLICT: 5 });
  });
});

describe("updateTeam", () => {
  test("changes what is given and keeps the rest", async () => {
    const id = await teamWith(world, admin);
    const newName = uniqueName("renamed");
    await ask(world, UPDATE_TEAM, { id, newName, description: "new" }, admin);
    expect((await ask(world, READ_TEAM, { teamUuid: id }, admin)).team).toMatchObject({
      name: newName,
      description: "new",
    });
    await ask(world, UPDATE_TEAM, { id, description: null }, admin);
    expect((await ask(world, READ_TEAM, { teamUuid: id }, admin)).team).toMatchObject({
      name: newName,
      description: null,
    });
  });

  test("adds, removes and replaces members; repeating it changes nothing", async () => {
    const [a = "", b = "", c = ""] = await people(3);
    const id = await teamWith(world, admin, [a]);
    for (let twice = 0; twice < 2; twice++) {
      await ask(world, UPDATE_TEAM, { id, addUserIds: [b] }, admin);
      expect(await members(id)).toEqual([a, b].sort());
    }
    for (let twice = 0; twice < 2; twice++) {
      await ask(world, UPDATE_TEAM, { id, removeUserIds: [a.toUpperCase()] }, admin);
      expect(await members(id)).toEqual([b]);
    }
    const { data, headers } = await world.send(UPDATE_TEAM, { id: id.toUpperCase(), userIds: [c, a] }, admin);
    expect(data.updateTeam.team.users).toHaveLength(2);
    expect(await members(id)).toEqual([a, c].sort());
    expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
      { action: "team.update", objectId: id, details: { addedUserIds: `${c} ${a}`, removedUserIds: b } },
    ]);
    await ask(world, UPDATE_TEAM, { id, userIds: [] }, admin);
    expect(await members(id)).toEqual([]);
  });

  test("refuses what is malformed, unknown or contradicts itself, and changes nothing of it", async () => {
    const [member = ""] = await people(1);
    const id = await teamWith(world, admin, [member]);
    const taken = uniqueName("taken");
    await teamWith(world, admin, [], { name: taken });
    const imported = await teamWith(world, admin, [], { provider: "okta" });
    const newName = uniqueName("lost");
    for (const [variables, code] of [
      [{ id: newId() }, "NOT_FOUND"],
      [{ id: "" }, "NOT_FOUND"],
      [{ id: "x".repeat(10_000) }, "NOT_FOUND"],
      [{ id, newName: "  " }, "BAD_USER_INPUT"],
      [{ id, newName: taken }, "CONFLICT"],
      [{ id, newName, addUserIds: [newId()] }, "NOT_FOUND"],
      [{ id, newName, addUserIds: ["nobody"] }, "NOT_FOUND"],
      [{ id, newName, userIds: [member, newId()] }, "NOT_FOUND"],
      [{ id, newName, userIds: [], addUserIds: [member] }, "BAD_USER_INPUT"],
      [{ id, newName, addUserIds: [member], removeUserIds: [member] }, "BAD_USER_INPUT"],
      [{ id: imported, addUserIds: [member] }, "CONFLICT"],
      [{ id: imported, removeUserIds: [member] }, "CONFLICT"],
    ] as const) {
      expect(await refusedWithoutTrace(world, UPDATE_TEAM, variables, admin)).toMatchObject({ code });
    }
  });
});

describe("removeTeam", () => {
  test("takes the Team's roles along, and leaves its members their accounts", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const member = await signUp(world, { by: admin });
    const id = await teamWith(world, admin, [member.id]);
    await bindTeam(world, id, "WORKSPACE_EDITOR", { workspaceId });
    expect(await ask(world, REMOVE_TEAM, { id }, admin)).toMatchObject({ removeTeam: { team: { id } } });
    expect(await world.database.sql.query("SELECT 1 FROM role_binding WHERE team_id = $1", [id])).toEqual([]);
    expect(await ask(world, "{ workspaces { id } }", null, member.token)).toEqual({ workspaces: [] });
    for (const gone of [id, newId(), "", "x"]) {
      expect(await refusedWithoutTrace(world, REMOVE_TEAM, { id: gone }, admin)).toMatchObject({
        code: "NOT_FOUND",
        message: "Team not found",
      });
    }
  });

  test("happens once where several ask for it", async () => {
    const id = await teamWith(world, admin);
    expect(await outcomes([1, 2, 3].map(() => world.send(REMOVE_TEAM, { id }, admin)))).toEqual({
      OK: 1,
      NOT_FOUND: 2,
    });
  });
});

describe("who may change Teams", () => {
  test.each(["SYSTEM_EDITOR", "SYSTEM_VIEWER", "WORKSPACE_ADMIN", "DEPLOYMENT_ADMIN"])("not %s", async (role) => {
    const workspaceId = await createWorkspace(world, admin);
    const caller = await userWith(world, admin, role, role.startsWith("WORKSPACE") ? { workspaceId } : {});
    const id = await teamWith(world, admin, [caller.id]);
    await bindTeam(world, id, "WORKSPACE_VIEWER", { workspaceId });
    for (const [query, variables] of [
      [CREATE_TEAM, { name: uniqueName("team") }],
      [UPDATE_TEAM, { id, newName: uniqueName("team") }],
      [UPDATE_TEAM, { id: newId(), newName: uniqueName("team") }],
      [REMOVE_TEAM, { id }],
    ] as const) {
      expect(await refusedWithoutTrace(world, query, variables, caller.token)).toMatchObject({
        code: "FORBIDDEN",
        message: REFUSED,
      });
    }
  });

  test("nobody lets others into a Team that may more than they do", async () => {
    const roles = { SYSTEM_VIEWER: { permissions: { "system.teams.update": true } } };
    const replica = await startTestApp({ database: world.database, env: { ROLES: JSON.stringify(roles) } });
    try {
      const caller = await userWith(world, admin, "SYSTEM_VIEWER");
      const workspaceId = await createWorkspace(world, admin);
      const plain = await teamWith(world, admin);
      await bindTeam(world, plain, "WORKSPACE_VIEWER", { workspaceId });
      const strong = await teamWith(world, admin);
      await bindTeam(world, strong, "WORKSPACE_EDITOR", { workspaceId });
      expect(
        await refusedWithoutTrace(replica, UPDATE_TEAM, { id: strong, addUserIds: [caller.id] }, caller.token),
      ).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
      expect(
        await refusedWithoutTrace(replica, UPDATE_TEAM, { id: strong, userIds: [caller.id] }, caller.token),
      ).toMatchObject({ code: "FORBIDDEN" });
      await ask(replica, UPDATE_TEAM, { id: plain, addUserIds: [caller.id] }, caller.token);
    } finally {
      await replica.close();
    }
  });
});

describe("a member's access", () => {
  test("begins and ends with the membership, on every replica and for queries too", async () => {
    const replica = await startTestApp({ database: world.database });
    try {
      const workspaceId = await createWorkspace(world, admin);
      const member = await signUp(world, { by: admin });
      const id = await teamWith(world, admin);
      await bindTeam(world, id, "WORKSPACE_EDITOR", { workspaceId });
      const rename = { workspaceId, payload: { label: uniqueName("label") } };
      const reads = async (): Promise<string> =>
        (await replica.send(READ_WORKSPACE, { workspaceId }, member.token)).errors?.[0]?.extensions.code ?? "OK";
      for (const [change, code] of [
        [{ addUserIds: [member.id] }, "OK"],
        [{ removeUserIds: [member.id] }, "NOT_FOUND"],
        [{ userIds: [member.id] }, "OK"],
      ] as const) {
        await ask(world, UPDATE_TEAM, { id, ...change }, admin);
        expect((await replica.send(UPDATE_WORKSPACE, rename, member.token)).errors?.[0]?.extensions.code ?? "OK").toBe(
          code,
        );
        await expectSoon(reads, code);
      }
      await ask(world, REMOVE_TEAM, { id }, admin);
      expect((await replica.send(UPDATE_WORKSPACE, rename, member.token)).errors?.[0]?.extensions.code).toBe(
        "NOT_FOUND",
      );
      await expectSoon(reads, "NOT_FOUND");
    } finally {
      await replica.close();
    }
  });
});

const expectSoon = async (read: () => Promise<string>, expected: string): Promise<void> =>
  expect(await untilNotified(read, expected)).toBe(expected);

test("roles of a Team count beside one's own", async () => {
  const workspaceId = await createWorkspace(world, admin);
  const member = await signUp(world, { by: admin });
  await bindRole(world, member.id, "WORKSPACE_VIEWER", { workspaceId });
  const id = await teamWith(world, admin, [member.id]);
  await bindTeam(world, id, "WORKSPACE_EDITOR", { workspaceId });
  await ask(world, UPDATE_WORKSPACE, { workspaceId, payload: { label: "x" } }, member.token);
  await ask(world, UPDATE_TEAM, { id, userIds: [] }, admin);
  expect(
    (await world.send(UPDATE_WORKSPACE, { workspaceId, payload: { label: "y" } }, member.token)).errors?.[0]?.extensions
      .code,
  ).toBe("FORBIDDEN");
});
