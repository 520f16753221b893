import {
  ask,
  askInVain,
  bindRole,
  createWorkspace,
  signUp,
  signUpAdmin,
  uniqueName,
  type Account,
} from "../builders/api";
import { READ_WORKSPACE, UPDATE_WORKSPACE } from "../builders/workspace-operations";
import { newId } from "../../src/kernel/ids";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** Written to the tables: what counts here is what roles of Teams are worth. */
async function teamOf({ id }: Account, role: string, workspaceId: string): Promise<string> {
  const teamId = newId();
  await world.database.sql.query("INSERT INTO team (id, name, created_at, updated_at) VALUES ($1, $2, now(), now())", [
    teamId,
    uniqueName("team"),
  ]);
  await world.database.sql.query("INSERT INTO team_member (team_id, user_id, created_at) VALUES ($1, $2, now())", [
    teamId,
    id,
  ]);
  await world.database.sql.query(
    "INSERT INTO role_binding (id, role, team_id, workspace_id, created_at) VALUES ($1, $2, $3, $4, now())",
    [newId(), role, teamId, workspaceId],
  );
  return teamId;
}

const rename = (workspaceId: string) => ({ workspaceId, payload: { label: uniqueName("label") } });

test("a Team's roles are its members', and only while they are members", async () => {
  const workspaceId = await createWorkspace(world, admin);
  const member = await signUp(world, { by: admin });
  expect(await askInVain(world, READ_WORKSPACE, { workspaceId }, member.token)).toMatchObject({ code: "NOT_FOUND" });
  const teamId = await teamOf(member, "WORKSPACE_EDITOR", workspaceId);
  await ask(world, UPDATE_WORKSPACE, rename(workspaceId), member.token);
  await world.database.sql.query("DELETE FROM team_member WHERE team_id = $1", [teamId]);
  expect(await askInVain(world, UPDATE_WORKSPACE, rename(workspaceId), member.token)).toMatchObject({
    code: "NOT_FOUND",
  });
});

test("of a Team's role and one's own the more permissive counts", async () => {
  const workspaceId = await createWorkspace(world, admin);
  const member = await signUp(world, { by: admin });
  await bindRole(world, member.id, "WORKSPACE_VIEWER", { workspaceId });
  expect(await askInVain(world, UPDATE_WORKSPACE, rename(workspaceId), member.token)).toMatchObject({
    code: "FORBIDDEN",
  });
  await teamOf(member, "WORKSPACE_EDITOR", workspaceId);
  await ask(world, UPDATE_WORKSPACE, rename(workspaceId), member.token);
});
