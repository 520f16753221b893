import { ask, createDeployment, createWorkspace, serviceAccountWith, signUpAdmin, userWith } from "../builders/api";
import {
  ADD_USER,
  outcomes,
  person,
  refusedWithoutTrace,
  REMOVE_USER,
  rolesIn,
  UPSERT_USER,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";
const LAST_ADMIN = /^This would leave the Workspace ".*" without a WORKSPACE_ADMIN: make somebody else one first$/;

let world: TestApp;
let admin: string;
beforeAll(async () => {
  // Those who let others in share nothing with them before.
  world = await startTestApp({ env: { OPEN_DIRECTORY: "true" } });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** A Workspace whose only member is its admin. */
async function workspaceOf() {
  const chief = await person(world, admin);
  return { workspaceId: await createWorkspace(world, chief.token), chief };
}

describe("the last admin of a Workspace", () => {
  test("cannot be removed or made less, by anybody or himself", async () => {
    const { workspaceId, chief } = await workspaceOf();
    await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    await serviceAccountWith(world, admin, "WORKSPACE_ADMIN", { workspaceId });
    for (const token of [chief.token, admin]) {
      const removal = await refusedWithoutTrace(world, REMOVE_USER, { workspaceId, userId: chief.id }, token);
      const demotion = await refusedWithoutTrace(
        world,
        UPSERT_USER,
        { workspaceId, email: chief.email, role: "WORKSPACE_EDITOR" },
        token,
      );
      for (const refusal of [removal, demotion])
        expect(refusal).toMatchObject({ code: "CONFLICT", message: expect.stringMatching(LAST_ADMIN) });
    }
    const same = { workspaceId, email: chief.email, role: "WORKSPACE_ADMIN" };
    expect(await ask(world, UPSERT_USER, same, chief.token)).toEqual({ workspaceUpsertUserRole: "WORKSPACE_ADMIN" });
  });

  test("can leave once there is another one", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const heir = await person(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    await ask(world, UPSERT_USER, { workspaceId, email: heir.email, role: "WORKSPACE_ADMIN" }, chief.token);
    await ask(world, REMOVE_USER, { workspaceId, userId: chief.id }, chief.token);
    expect(await rolesIn(world, workspaceId)).toEqual({ [heir.id]: "WORKSPACE_ADMIN" });
  });

  type Attempt = (
    workspaceId: string,
    target: { id: string; email: string },
    by: string,
  ) => ReturnType<TestApp["send"]>;
  const remove: Attempt = (workspaceId, { id }, by) => world.send(REMOVE_USER, { workspaceId, userId: id }, by);
  const demote: Attempt = (workspaceId, { email }, by) =>
    world.send(UPSERT_USER, { workspaceId, email, role: "WORKSPACE_VIEWER" }, by);

  test.each<[string, Attempt, Attempt]>([
    ["both are removed", remove, remove],
    ["both are made viewers", demote, demote],
    ["one is removed and the other made a viewer", remove, demote],
  ])(
    "remains where there are two and %s at once, by a system admin, by each other or by themselves",
    async (_name, first, second) => {
      for (let round = 0; round < 6; round++) {
        const { workspaceId, chief } = await workspaceOf();
        const deputy = await person(world, admin, "WORKSPACE_ADMIN", { workspaceId });
        const by = [
          [admin, admin],
          [deputy.token, chief.token],
          [chief.token, deputy.token],
        ][round % 3] as [string, string];
        const counts = await outcomes([first(workspaceId, chief, by[0]), second(workspaceId, deputy, by[1])]);
        expect(counts["OK"]).toBe(1);
        expect(Object.keys(counts)).not.toContain("INTERNAL_SERVER_ERROR");
        expect(
          Object.values(await rolesIn(world, workspaceId)).filter((role) => role === "WORKSPACE_ADMIN"),
        ).toHaveLength(1);
      }
    },
  );
});

describe("nobody gives a role that allows more than they may", () => {
  test("in a Workspace, or on a Deployment along with it", async () => {
    const roles = { WORKSPACE_EDITOR: { permissions: { "workspace.iam.update": true } } };
    const replica = await startTestApp({
      database: world.database,
      env: { ROLES: JSON.stringify(roles), OPEN_DIRECTORY: "true" },
    });
    try {
      const { workspaceId } = await workspaceOf();
      const { id: deploymentId } = await createDeployment(world, admin, { workspaceId });
      const inviter = await person(world, admin, "WORKSPACE_EDITOR", { workspaceId });
      const guest = await person(world, admin);
      const asked = { workspaceId, email: guest.email, role: "WORKSPACE_VIEWER" };
      for (const [query, variables] of [
        [ADD_USER, { ...asked, role: "WORKSPACE_ADMIN" }],
        [UPSERT_USER, { ...asked, role: "WORKSPACE_ADMIN" }],
        [UPSERT_USER, { ...asked, email: inviter.email, role: "WORKSPACE_ADMIN" }],
        [ADD_USER, { ...asked, deploymentRoles: [{ deploymentId, role: "DEPLOYMENT_VIEWER" }] }],
      ] as const) {
        expect(await refusedWithoutTrace(replica, query, variables, inviter.token)).toMatchObject({
          code: "FORBIDDEN",
          message: REFUSED,
        });
      }
      expect(await ask(replica, ADD_USER, asked, inviter.token)).toMatchObject({
        workspaceAddUser: { id: workspaceId },
      });
    } finally {
      await replica.close();
    }
  });
});
