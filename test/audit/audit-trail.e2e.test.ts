import { signUp, signUpAdmin, uniqueName } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { CREATE_WORKSPACE } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

test("an accepted change leaves a line that tells who did what, to which object, from where", async () => {
  const maker = await signUp(world, { by: admin });
  const forged = { "x-request-id": uniqueName("forged") };
  const { data, headers } = await world.send(CREATE_WORKSPACE, { label: "Sales" }, maker.token, forged);
  const requestId = String(headers["x-request-id"]);
  const { id } = data.createWorkspace;
  expect(await auditLinesOf(world, forged["x-request-id"])).toEqual([]);
  expect(await auditLinesOf(world, requestId)).toEqual([
    {
      action: "workspace.create",
      actorId: maker.id,
      actorType: "USER",
      objectType: "workspace",
      objectId: id,
      objectLabel: "Sales",
      workspaceId: id,
      deploymentId: null,
      details: {},
      requestId,
      address: "127.0.0.1",
    },
  ]);
});

test("a refused change leaves none", async () => {
  const { errors, headers } = await world.send(CREATE_WORKSPACE, { label: " " }, admin);
  expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  expect(await auditLinesOf(world, String(headers["x-request-id"]))).toEqual([]);
});
