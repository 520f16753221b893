import { randomUUID } from "node:crypto";
import { ask, bindRole, createDeployment, createWorkspace, serviceAccountWith, signUpAdmin } from "../builders/api";
import { NO_IDS, READ } from "../builders/deployment-operations";
import {
  ADD_USER,
  MEMBERS,
  outcomes,
  person,
  READ_WORKSPACE,
  refusedWithoutTrace,
  REMOVE_USER,
  rolesIn,
  UPSERT_USER,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

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

async function deploymentRolesOf(userId: string): Promise<Record<string, string>> {
  const rows = await world.database.sql.query<{ id: string; role: string }>(
    "SELECT deployment_id AS id, role FROM role_binding WHERE user_id = $1 AND deployment_id IS NOT NULL",
    [userId],
  );
  return Object.fromEntries(rows.map(({ id, role }) => [id, role]));
}

describe("workspaceAddUser", () => {
  test("lets somebody in with the role, under whatever spelling of the address", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin);
    const email = ` ${guest.email.toUpperCase()} `;
    const { workspaceAddUser: answer } = await ask(
      world,
      ADD_USER,
      { workspaceId, email, role: "WORKSPACE_EDITOR" },
      chief.token,
    );
    expect(answer).toEqual({ id: workspaceId, label: expect.any(String) });
    expect(await rolesIn(world, workspaceId)).toEqual({
      [chief.id]: "WORKSPACE_ADMIN",
      [guest.id]: "WORKSPACE_EDITOR",
    });
    expect((await ask(world, READ_WORKSPACE, { workspaceId }, guest.token)).workspace.id).toBe(workspaceId);
    const { workspace } = await ask(world, MEMBERS, { workspaceId }, chief.token);
    expect(workspace.users.map(({ id }: { id: string }) => id).sort()).toEqual([chief.id, guest.id].sort());
  });

  test("lets somebody in as a viewer where no role is said", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin);
    const query =
      "mutation ($id: Uuid, $email: String!) { workspaceAddUser(workspaceUuid: $id, email: $email, bypassInvite: true) { id } }";
    await ask(world, query, { id: workspaceId, email: guest.email }, chief.token);
    expect((await rolesIn(world, workspaceId))[guest.id]).toBe("WORKSPACE_VIEWER");
  });

  test("gives roles on Deployments along with it", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const [one, two] = [
      await createDeployment(world, admin, { workspaceId }),
      await createDeployment(world, admin, { workspaceId }),
    ];
    const guest = await person(world, admin);
    const deploymentRoles = [
      { deploymentId: one.id.toUpperCase(), role: "DEPLOYMENT_EDITOR" },
      { deploymentId: two.id, role: "DEPLOYMENT_VIEWER" },
    ];
    await ask(
      world,
      ADD_USER,
      { workspaceId, email: guest.email, role: "WORKSPACE_VIEWER", deploymentRoles },
      chief.token,
    );
    expect(await deploymentRolesOf(guest.id)).toEqual({ [one.id]: "DEPLOYMENT_EDITOR", [two.id]: "DEPLOYMENT_VIEWER" });
    expect((await ask(world, READ, { id: one.id }, guest.token)).deployment.id).toBe(one.id);
  });

  test("of somebody who is in already is refused and changes no role, also when all come at once", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin);
    const add = (role: string) => world.send(ADD_USER, { workspaceId, email: guest.email, role }, chief.token);
    expect(
      await outcomes(["WORKSPACE_VIEWER", "WORKSPACE_EDITOR", "WORKSPACE_ADMIN", "WORKSPACE_VIEWER"].map(add)),
    ).toEqual({ OK: 1, CONFLICT: 3 });
    const variables = { workspaceId, email: guest.email, role: "WORKSPACE_ADMIN" };
    expect((await refusedWithoutTrace(world, ADD_USER, variables, chief.token)).code).toBe("CONFLICT");
  });

  test("of nobody that there is is refused", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const variables = { workspaceId, email: "nobody@example.com", role: "WORKSPACE_VIEWER" };
    expect(await refusedWithoutTrace(world, ADD_USER, variables, chief.token)).toMatchObject({
      code: "NOT_FOUND",
      message: "User not found",
    });
  });

  test("with a Deployment that is not of the Workspace, or not there, gives no role at all", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const [own, foreign] = [
      await createDeployment(world, admin, { workspaceId }),
      await createDeployment(world, admin),
    ];
    const { email } = await person(world, admin);
    for (const deploymentId of [foreign.id, ...NO_IDS().filter((id) => id !== "")]) {
      const deploymentRoles = [own.id, deploymentId].map((id) => ({ deploymentId: id, role: "DEPLOYMENT_VIEWER" }));
      const refusal = await refusedWithoutTrace(
        world,
        ADD_USER,
        { workspaceId, email, role: "WORKSPACE_VIEWER", deploymentRoles },
        chief.token,
      );
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Deployment not found" });
    }
  });

  test.each<[string, object, string]>([
    ["no Workspace", { workspaceId: null }, "workspaceUuid"],
    ["an empty text for the Workspace", { workspaceId: "" }, "workspaceUuid"],
    ["no address to speak of", { email: "nobody" }, "email"],
    ["an empty address", { email: "" }, "email"],
    ["an address with a null character", { email: "a\0b@example.com" }, "email"],
    ["an address beyond measure", { email: `${"x".repeat(100_000)}@example.com` }, "email"],
    ["a role on a Deployment", { role: "DEPLOYMENT_VIEWER" }, "role"],
    ["a role on the system", { role: "SYSTEM_ADMIN" }, "role"],
    ["no role to speak of", { role: "USER" }, "role"],
    ["a role without its Deployment", { deploymentRoles: [{ role: "DEPLOYMENT_VIEWER" }] }, "deploymentRoles"],
    ["a Deployment without its role", { deploymentRoles: [{ deploymentId: randomUUID() }] }, "deploymentRoles"],
    [
      "an empty text for the Deployment",
      { deploymentRoles: [{ deploymentId: "", role: "DEPLOYMENT_VIEWER" }] },
      "deploymentRoles",
    ],
    [
      "a null character for the Deployment",
      { deploymentRoles: [{ deploymentId: "\0", role: "DEPLOYMENT_VIEWER" }] },
      "deploymentRoles",
    ],
  ])("with %s is refused, naming the argument", async (_name, variables, argument) => {
    const { workspaceId, chief } = await workspaceOf();
    const { email } = await person(world, admin);
    const refusal = await refusedWithoutTrace(
      world,
      ADD_USER,
      { workspaceId, email, role: "WORKSPACE_VIEWER", ...variables },
      chief.token,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test.each<[string, (id: string) => object[]]>([
    ["one twice", (id) => [id, id.toUpperCase()].map((deploymentId) => ({ deploymentId, role: "DEPLOYMENT_VIEWER" }))],
    ["one with a role on a Workspace", (id) => [{ deploymentId: id, role: "WORKSPACE_VIEWER" }]],
    ["one with a role on the system", (id) => [{ deploymentId: id, role: "SYSTEM_VIEWER" }]],
  ])("that names of Deployments %s is refused, naming the argument", async (_name, deploymentRoles) => {
    const { workspaceId, chief } = await workspaceOf();
    const { id } = await createDeployment(world, admin, { workspaceId });
    const { email } = await person(world, admin);
    const variables = { workspaceId, email, role: "WORKSPACE_VIEWER", deploymentRoles: deploymentRoles(id) };
    const refusal = await refusedWithoutTrace(world, ADD_USER, variables, chief.token);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "deploymentRoles" } });
  });

  test("that names thousands of Deployments is refused like one that names an unknown one", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const { email } = await person(world, admin);
    const deploymentRoles = Array.from({ length: 10_000 }, () => ({
      deploymentId: randomUUID(),
      role: "DEPLOYMENT_VIEWER",
    }));
    const refusal = await refusedWithoutTrace(
      world,
      ADD_USER,
      { workspaceId, email, role: "WORKSPACE_VIEWER", deploymentRoles },
      chief.token,
    );
    expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Deployment not found" });
  });
});

describe("workspaceUpsertUserRole", () => {
  test("gives a role, changes it, and keeps it when it is given again", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin);
    for (const role of ["WORKSPACE_VIEWER", "WORKSPACE_ADMIN", "WORKSPACE_EDITOR", "WORKSPACE_EDITOR"]) {
      const variables = { workspaceId, email: ` ${guest.email.toUpperCase()}`, role };
      expect(await ask(world, UPSERT_USER, variables, chief.token)).toEqual({ workspaceUpsertUserRole: role });
      expect(await rolesIn(world, workspaceId)).toEqual({ [chief.id]: "WORKSPACE_ADMIN", [guest.id]: role });
    }
  });

  test("leaves one role where several come at once", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin);
    const roles = ["WORKSPACE_VIEWER", "WORKSPACE_EDITOR", "WORKSPACE_ADMIN", "WORKSPACE_VIEWER", "WORKSPACE_EDITOR"];
    const requests = roles.map((role) =>
      world.send(UPSERT_USER, { workspaceId, email: guest.email, role }, chief.token),
    );
    expect(await outcomes(requests)).toEqual({ OK: 5 });
    const bindings = await world.database.sql.query<{ role: string }>(
      "SELECT role FROM role_binding WHERE user_id = $1",
      [guest.id],
    );
    expect(bindings).toHaveLength(1);
    expect(roles).toContain(bindings[0]?.role);
  });

  test.each<[string, object, string]>([
    ["no address to speak of", { email: "nobody" }, "email"],
    ["a null character in the address", { email: "\0@example.com" }, "email"],
    ["an address beyond measure", { email: `x@${"x".repeat(100_000)}` }, "email"],
    ["a role on a Deployment", { role: "DEPLOYMENT_ADMIN" }, "role"],
    ["a role on the system", { role: "SYSTEM_VIEWER" }, "role"],
    ["no role to speak of", { role: "USER" }, "role"],
  ])("with %s is refused, naming the argument", async (_name, variables, argument) => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    const refusal = await refusedWithoutTrace(
      world,
      UPSERT_USER,
      { workspaceId, email: guest.email, role: "WORKSPACE_EDITOR", ...variables },
      chief.token,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test("of nobody that there is is refused", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const variables = { workspaceId, email: "nobody@example.com", role: "WORKSPACE_VIEWER" };
    expect(await refusedWithoutTrace(world, UPSERT_USER, variables, chief.token)).toMatchObject({
      code: "NOT_FOUND",
      message: "User not found",
    });
  });
});

describe("workspaceRemoveUser", () => {
  test("takes the roles in the Workspace and on its Deployments away at once, and leaves the others and the account", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const [here, there] = [await createDeployment(world, admin, { workspaceId }), await createDeployment(world, admin)];
    const guest = await person(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    await bindRole(world, guest.id, "WORKSPACE_VIEWER", { workspaceId: there.workspaceId });
    for (const { id } of [here, there]) await bindRole(world, guest.id, "DEPLOYMENT_EDITOR", { deploymentId: id });
    expect((await ask(world, READ, { id: here.id }, guest.token)).deployment.id).toBe(here.id);

    const { workspaceRemoveUser: answer } = await ask(
      world,
      REMOVE_USER,
      { workspaceId, userId: guest.id.toUpperCase() },
      chief.token,
    );
    expect(answer).toEqual({ id: workspaceId, label: expect.any(String) });
    expect(await rolesIn(world, workspaceId)).toEqual({ [chief.id]: "WORKSPACE_ADMIN" });
    expect(await deploymentRolesOf(guest.id)).toEqual({ [there.id]: "DEPLOYMENT_EDITOR" });
    expect((await refusedWithoutTrace(world, READ, { id: here.id }, guest.token)).message).toBe("Deployment not found");
    expect((await refusedWithoutTrace(world, READ_WORKSPACE, { workspaceId }, guest.token)).message).toBe(
      "Workspace not found",
    );
    expect((await ask(world, READ_WORKSPACE, { workspaceId: there.workspaceId }, guest.token)).workspace.id).toBe(
      there.workspaceId,
    );
  });

  test("works once, repeated or at once", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const guest = await person(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const variables = { workspaceId, userId: guest.id };
    expect(await outcomes([1, 2, 3, 4].map(() => world.send(REMOVE_USER, variables, chief.token)))).toEqual({
      OK: 1,
      NOT_FOUND: 3,
    });
    expect((await refusedWithoutTrace(world, REMOVE_USER, variables, chief.token)).message).toBe(
      "User with a role in this Workspace not found",
    );
  });

  test("of somebody who is not in, be there such a user or not, finds nobody", async () => {
    const { workspaceId, chief } = await workspaceOf();
    const outsider = await person(world, admin);
    const deployment = await createDeployment(world, admin, { workspaceId });
    await bindRole(world, outsider.id, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const key = await serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    for (const userId of [outsider.id, key.id, ...NO_IDS()]) {
      expect(await refusedWithoutTrace(world, REMOVE_USER, { workspaceId, userId }, chief.token)).toMatchObject({
        code: "NOT_FOUND",
        message: "User with a role in this Workspace not found",
      });
    }
    const refusal = await refusedWithoutTrace(world, REMOVE_USER, { workspaceId, userId: "\0" }, chief.token);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "userId" } });
  });
});
