import { newId } from "../../src/kernel/ids";
import { ask, serviceAccountWith, signUp, signUpAdmin, userWith } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import {
  bindTeam,
  GRANT_TEAM,
  GRANT_USER,
  PAGE_OF_TEAMS,
  READ_TEAM,
  REMOVE_TEAM,
  REVOKE_TEAM,
  REVOKE_USER,
  systemAdmins,
  teamWith,
  UPDATE_TEAM,
} from "../builders/team-operations";
import { outcomes, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";
const LAST = "This would leave the installation without a SYSTEM_ADMIN: make somebody else one first";

describe("roles on the system", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  test("are given to a user, changed and taken away again, with a line of each in the audit trail", async () => {
    const user = await signUp(world, { by: admin });
    const teams = async (): Promise<string> =>
      (await world.send(PAGE_OF_TEAMS, {}, user.token)).errors?.[0]?.extensions.code ?? "OK";
    expect(await teams()).toBe("FORBIDDEN");
    const { createSystemRoleBinding: first } = await ask(
      world,
      GRANT_USER,
      { userId: user.id, role: "SYSTEM_VIEWER" },
      admin,
    );
    expect(first).toEqual({ id: expect.any(String), role: "SYSTEM_VIEWER", user: { id: user.id } });
    expect(await teams()).toBe("OK");
    for (let twice = 0; twice < 2; twice++) {
      const { data, headers } = await world.send(
        GRANT_USER,
        { userId: user.id.toUpperCase(), role: "SYSTEM_EDITOR" },
        admin,
      );
      expect(data.createSystemRoleBinding).toEqual({ ...first, role: "SYSTEM_EDITOR" });
      expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
        { action: "user.grant_role", objectType: "user", objectId: user.id, details: { role: "SYSTEM_EDITOR" } },
      ]);
    }
    expect(
      await refusedWithoutTrace(world, REVOKE_USER, { userId: user.id, role: "SYSTEM_VIEWER" }, admin),
    ).toMatchObject({ code: "NOT_FOUND", message: "Role binding not found" });
    expect(await ask(world, REVOKE_USER, { userId: user.id, role: "SYSTEM_EDITOR" }, admin)).toEqual({
      deleteSystemRoleBinding: { role: "SYSTEM_EDITOR", user: { id: user.id } },
    });
    expect(await teams()).toBe("FORBIDDEN");
    expect(
      await refusedWithoutTrace(world, REVOKE_USER, { userId: user.id, role: "SYSTEM_EDITOR" }, admin),
    ).toMatchObject({ code: "NOT_FOUND" });
  });

  test("of a Team are its members', and go the way the command-line client takes them: team, then the role that it told", async () => {
    const member = await signUp(world, { by: admin });
    const teamUuid = await teamWith(world, admin, [member.id]);
    const { data, headers } = await world.send(GRANT_TEAM, { teamUuid, role: "SYSTEM_VIEWER" }, admin);
    expect(data.createTeamSystemRoleBinding).toEqual({
      id: expect.any(String),
      role: "SYSTEM_VIEWER",
      team: { id: teamUuid },
      workspace: null,
    });
    expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
      { action: "team.grant_role", objectId: teamUuid, details: { role: "SYSTEM_VIEWER" } },
    ]);
    await ask(world, GRANT_TEAM, { teamUuid, role: "SYSTEM_EDITOR" }, admin);
    await ask(world, PAGE_OF_TEAMS, {}, member.token);
    const { team } = await ask(world, READ_TEAM, { teamUuid }, admin);
    expect(team.roleBindings.map(({ role }: { role: string }) => role)).toEqual(["SYSTEM_EDITOR"]);
    const [{ role }] = team.roleBindings;
    expect(await ask(world, REVOKE_TEAM, { teamUuid, role }, admin)).toEqual({
      deleteTeamSystemRoleBinding: { role: "SYSTEM_EDITOR" },
    });
    expect(await refusedWithoutTrace(world, PAGE_OF_TEAMS, {}, member.token)).toMatchObject({ code: "FORBIDDEN" });
    expect(await refusedWithoutTrace(world, REVOKE_TEAM, { teamUuid, role }, admin)).toMatchObject({
      code: "NOT_FOUND",
      message: "Role binding not found",
    });
  });

  test("are refused where malformed or unknown", async () => {
    const { id: userId } = await signUp(world, { by: admin });
    const teamUuid = await teamWith(world, admin);
    for (const [query, variables, code] of [
      [GRANT_USER, { userId, role: "WORKSPACE_ADMIN" }, "BAD_USER_INPUT"],
      [GRANT_USER, { userId, role: "USER" }, "BAD_USER_INPUT"],
      [GRANT_USER, { userId, role: "GOD" }, "BAD_USER_INPUT"],
      [GRANT_USER, { userId: teamUuid, role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [GRANT_USER, { userId: newId(), role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [GRANT_USER, { userId: "", role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [REVOKE_USER, { userId: newId(), role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [REVOKE_USER, { userId, role: "WORKSPACE_VIEWER" }, "NOT_FOUND"],
      [GRANT_TEAM, { teamUuid, role: "DEPLOYMENT_ADMIN" }, "BAD_USER_INPUT"],
      [GRANT_TEAM, { teamUuid: userId, role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [GRANT_TEAM, { teamUuid: "x".repeat(10_000), role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [REVOKE_TEAM, { teamUuid: newId(), role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
      [REVOKE_TEAM, { teamUuid, role: "SYSTEM_VIEWER" }, "NOT_FOUND"],
    ] as const) {
      expect(await refusedWithoutTrace(world, query, variables, admin)).toMatchObject({ code });
    }
  });

  test("take system.iam.update, and nobody gives what they lack", async () => {
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const teamUuid = await teamWith(world, admin, [editor.id]);
    const asked: [string, object][] = [
      [GRANT_USER, { userId: editor.id, role: "SYSTEM_ADMIN" }],
      [GRANT_USER, { userId: newId(), role: "SYSTEM_VIEWER" }],
      [REVOKE_USER, { userId: editor.id, role: "SYSTEM_EDITOR" }],
      [GRANT_TEAM, { teamUuid, role: "SYSTEM_ADMIN" }],
      [REVOKE_TEAM, { teamUuid, role: "SYSTEM_ADMIN" }],
    ];
    for (const [query, variables] of asked) {
      expect(await refusedWithoutTrace(world, query, variables, editor.token)).toMatchObject({
        code: "FORBIDDEN",
        message: REFUSED,
      });
    }
    const roles = { SYSTEM_EDITOR: { permissions: { "system.iam.update": true } } };
    const replica = await startTestApp({ database: world.database, env: { ROLES: JSON.stringify(roles) } });
    try {
      for (const [query, variables] of [asked[0], asked[3]] as [string, object][]) {
        expect(await refusedWithoutTrace(replica, query, variables, editor.token)).toMatchObject({
          code: "FORBIDDEN",
          message: REFUSED,
        });
      }
      await ask(replica, GRANT_TEAM, { teamUuid, role: "SYSTEM_EDITOR" }, editor.token);
    } finally {
      await replica.close();
    }
  });
});

describe("the last SYSTEM_ADMIN", () => {
  let world: TestApp;
  let first: { id: string; token: string };
  beforeEach(async () => {
    world = await startTestApp();
    first = await signUp(world);
  });
  afterEach(() => world.close());

  const lastStays = async (query: string, variables: object, by = first.token): Promise<void> => {
    expect(await refusedWithoutTrace(world, query, variables, by)).toMatchObject({ code: "CONFLICT", message: LAST });
  };

  test("can neither be lowered nor removed, by himself or by a service account; and can leave once there is another", async () => {
    const { token: robot } = await serviceAccountWith(world, first.token, "SYSTEM_ADMIN");
    for (const by of [first.token, robot]) {
      await lastStays(REVOKE_USER, { userId: first.id, role: "SYSTEM_ADMIN" }, by);
      await lastStays(GRANT_USER, { userId: first.id, role: "SYSTEM_VIEWER" }, by);
    }
    await ask(world, GRANT_USER, { userId: first.id, role: "SYSTEM_ADMIN" }, first.token);
    const heir = await signUp(world, { by: first.token });
    await ask(world, GRANT_USER, { userId: heir.id, role: "SYSTEM_ADMIN" }, first.token);
    await ask(world, REVOKE_USER, { userId: first.id, role: "SYSTEM_ADMIN" }, first.token);
    expect(await systemAdmins(world)).toEqual([heir.id]);
    expect(
      await refusedWithoutTrace(world, GRANT_USER, { userId: first.id, role: "SYSTEM_ADMIN" }, first.token),
    ).toMatchObject({ code: "FORBIDDEN" });
  });

  test("may be one by a Team alone, and then the Team keeps role and member", async () => {
    const empty = await teamWith(world, first.token);
    await ask(world, GRANT_TEAM, { teamUuid: empty, role: "SYSTEM_ADMIN" }, first.token);
    await lastStays(REVOKE_USER, { userId: first.id, role: "SYSTEM_ADMIN" });
    const id = await teamWith(world, first.token, [first.id]);
    await ask(world, GRANT_TEAM, { teamUuid: id, role: "SYSTEM_ADMIN" }, first.token);
    await ask(world, REVOKE_USER, { userId: first.id, role: "SYSTEM_ADMIN" }, first.token);
    await lastStays(REVOKE_TEAM, { teamUuid: id, role: "SYSTEM_ADMIN" });
    await lastStays(GRANT_TEAM, { teamUuid: id, role: "SYSTEM_EDITOR" });
    await lastStays(UPDATE_TEAM, { id, removeUserIds: [first.id] });
    await lastStays(UPDATE_TEAM, { id, userIds: [] });
    await lastStays(REMOVE_TEAM, { id });
    await ask(world, UPDATE_TEAM, { id: empty, userIds: [first.id] }, first.token);
    await ask(world, REMOVE_TEAM, { id }, first.token);
    expect(await systemAdmins(world)).toEqual([first.id]);
  });

  test("is not counted among those who cannot act yet", async () => {
    const pending = await userWith(world, first.token, "SYSTEM_ADMIN");
    await world.database.sql.query("UPDATE app_user SET status = 'pending' WHERE id = $1", [pending.id]);
    await lastStays(REVOKE_USER, { userId: first.id, role: "SYSTEM_ADMIN" });
  });

  test("remains where two take each other's role, or a Team's, at the same moment on two replicas", async () => {
    const replica = await startTestApp({ database: world.database });
    try {
      let [one, other] = [first, await signUp(world, { by: first.token })];
      for (let round = 0; round < 6; round++) {
        await ask(world, GRANT_USER, { userId: other.id, role: "SYSTEM_ADMIN" }, one.token);
        const requests = [
          world.send(REVOKE_USER, { userId: other.id, role: "SYSTEM_ADMIN" }, one.token),
          round % 2 === 0
            ? replica.send(REVOKE_USER, { userId: one.id, role: "SYSTEM_ADMIN" }, other.token)
            : replica.send(GRANT_USER, { userId: one.id, role: "SYSTEM_VIEWER" }, other.token),
        ];
        const counts = await outcomes(requests);
        expect(counts["OK"]).toBe(1);
        expect(Object.keys(counts)).not.toContain("INTERNAL_SERVER_ERROR");
        const [left, ...more] = await systemAdmins(world);
        expect(more).toEqual([]);
        if (left !== one.id) [one, other] = [other, one];
      }

      const id = await teamWith(world, one.token, [other.id]);
      await bindTeam(world, id, "SYSTEM_ADMIN");
      const counts = await outcomes([
        world.send(UPDATE_TEAM, { id, userIds: [] }, one.token),
        replica.send(REVOKE_USER, { userId: one.id, role: "SYSTEM_ADMIN" }, other.token),
      ]);
      expect(counts["OK"]).toBe(1);
      expect(Object.keys(counts)).not.toContain("INTERNAL_SERVER_ERROR");
      expect(await systemAdmins(world)).toHaveLength(1);
    } finally {
      await replica.close();
    }
  });
});
