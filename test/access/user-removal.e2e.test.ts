import { newId } from "../../src/kernel/ids";
import {
  ask,
  createDeployment,
  createWorkspace,
  deployImage,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
} from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { bindTeam, GRANT_USER, REMOVE_TEAM, systemAdmins, teamWith, UPDATE_TEAM } from "../builders/team-operations";
import { REMOVE_USER_ACCOUNT, SELF, SIGN_IN } from "../builders/user-operations";
import { untilNotified } from "../builders/until-notified";
import { outcomes, person, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

describe("removeUser", () => {
  test.each(["id", "userUuid"])(
    "by %s ends sessions and roles on every replica, and answers who it was",
    async (argument) => {
      const replica = await startTestApp({ database: world.database });
      try {
        const workspaceId = await createWorkspace(world, admin);
        const gone = await person(world, admin, "WORKSPACE_EDITOR", { workspaceId });
        await teamWith(world, admin, [gone.id]);
        await ask(replica, SELF, null, gone.token);
        const { data, headers } = await world.send(REMOVE_USER_ACCOUNT, { [argument]: gone.id.toUpperCase() }, admin);
        expect(data.removeUser).toMatchObject({ uuid: gone.id, emails: [{ address: gone.email }], status: "active" });
        expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
          { action: "user.remove", objectType: "user", objectId: gone.id },
        ]);

        expect(
          (await replica.send('mutation { createWorkspace(label: "x") { id } }', null, gone.token)).errors?.[0],
        ).toMatchObject({
          message: REFUSED,
          extensions: { code: "UNAUTHENTICATED" },
        });
        const code = async (): Promise<string | undefined> =>
          (await replica.send(SELF, null, gone.token)).errors?.[0]?.extensions.code;
        expect(await untilNotified(code, "UNAUTHENTICATED")).toBe("UNAUTHENTICATED");
        expect(
          (await world.send(SIGN_IN, { identity: gone.email, password: "correct horse" })).errors?.[0]?.extensions.code,
        ).toBe("UNAUTHENTICATED");
        for (const table of ["email", "role_binding", "team_member"]) {
          expect(await world.database.sql.query(`SELECT 1 FROM ${table} WHERE user_id = $1`, [gone.id])).toEqual([]);
        }
        expect(await refusedWithoutTrace(world, REMOVE_USER_ACCOUNT, { [argument]: gone.id }, admin)).toMatchObject({
          code: "NOT_FOUND",
          message: "User not found",
        });
      } finally {
        await replica.close();
      }
    },
  );

  test("leaves the name in the deploy history, and the service accounts that the person made", async () => {
    const deployment = await createDeployment(world, admin);
    const chief = await person(world, admin, "DEPLOYMENT_ADMIN", { deploymentId: deployment.id });
    const robot = await serviceAccountWith(world, chief.token, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const revision = await deployImage(world, chief.token, deployment);
    const ACTOR = "query ($id: Uuid!) { deployRevision(id: $id) { createdBy { id type label } } }";
    const before = await ask(world, ACTOR, { id: revision.id }, admin);
    expect(before.deployRevision.createdBy.id).toBe(chief.id);
    await ask(world, REMOVE_USER_ACCOUNT, { id: chief.id }, admin);
    expect(await ask(world, ACTOR, { id: revision.id }, admin)).toEqual(before);
    expect((await ask(world, SELF, null, robot.token)).self.serviceAccount.id).toBe(robot.id);
  });

  test("is refused where malformed, unknown or not allowed", async () => {
    const { id } = await signUp(world, { by: admin });
    for (const [variables, code] of [
      [{}, "BAD_USER_INPUT"],
      [{ id: "", userUuid: "" }, "BAD_USER_INPUT"],
      [{ id, userUuid: newId() }, "BAD_USER_INPUT"],
      [{ id: newId() }, "NOT_FOUND"],
      [{ id: "x".repeat(10_000) }, "NOT_FOUND"],
    ] as const) {
      expect(await refusedWithoutTrace(world, REMOVE_USER_ACCOUNT, variables, admin)).toMatchObject({ code });
    }
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    for (const userUuid of [id, editor.id, newId()]) {
      expect(await refusedWithoutTrace(world, REMOVE_USER_ACCOUNT, { userUuid }, editor.token)).toMatchObject({
        code: "FORBIDDEN",
        message: REFUSED,
      });
    }
  });

  test("happens once where several ask for it", async () => {
    const { id } = await signUp(world, { by: admin });
    expect(await outcomes([1, 2, 3].map(() => world.send(REMOVE_USER_ACCOUNT, { id }, admin)))).toEqual({
      OK: 1,
      NOT_FOUND: 2,
    });
  });

  test("keeps the last WORKSPACE_ADMIN of a Workspace, himself or through a Team", async () => {
    const chief = await signUp(world, { by: admin });
    const workspaceId = await createWorkspace(world, chief.token, "Our place");
    const refusal = {
      code: "CONFLICT",
      message: 'This would leave the Workspace "Our place" without a WORKSPACE_ADMIN: make somebody else one first',
    };
    expect(await refusedWithoutTrace(world, REMOVE_USER_ACCOUNT, { id: chief.id }, admin)).toMatchObject(refusal);
    const deputy = await signUp(world, { by: admin });
    const teamId = await teamWith(world, admin, [deputy.id]);
    await bindTeam(world, teamId, "WORKSPACE_ADMIN", { workspaceId });
    await ask(world, REMOVE_USER_ACCOUNT, { id: chief.id }, admin);
    for (const [query, variables] of [
      [REMOVE_USER_ACCOUNT, { id: deputy.id }],
      [UPDATE_TEAM, { id: teamId, removeUserIds: [deputy.id] }],
      [REMOVE_TEAM, { id: teamId }],
    ] as const) {
      expect(await refusedWithoutTrace(world, query, variables, admin)).toMatchObject(refusal);
    }
    await ask(world, UPDATE_TEAM, { id: teamId, addUserIds: [(await signUp(world, { by: admin })).id] }, admin);
    await ask(world, REMOVE_USER_ACCOUNT, { id: deputy.id }, admin);
  });
});

test("two administrators who remove each other at the same moment leave one", async () => {
  const own = await startTestApp();
  const replica = await startTestApp({ database: own.database });
  try {
    let chief = await signUp(own);
    for (let round = 0; round < 6; round++) {
      const rival = await signUp(own, { by: chief.token });
      await ask(own, GRANT_USER, { userId: rival.id, role: "SYSTEM_ADMIN" }, chief.token);
      const counts = await outcomes([
        own.send(REMOVE_USER_ACCOUNT, { id: rival.id }, chief.token),
        replica.send(REMOVE_USER_ACCOUNT, { id: chief.id }, rival.token),
      ]);
      expect(counts["OK"]).toBe(1);
      expect(Object.keys(counts)).not.toContain("INTERNAL_SERVER_ERROR");
      const [left, ...more] = await systemAdmins(own);
      expect(more).toEqual([]);
      chief = left === chief.id ? chief : rival;
    }
    expect(await refusedWithoutTrace(own, REMOVE_USER_ACCOUNT, { id: chief.id }, chief.token)).toMatchObject({
      code: "CONFLICT",
    });
  } finally {
    await replica.close();
    await own.close();
  }
});
