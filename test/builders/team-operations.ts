import { ask, uniqueName } from "./api";
import type { TestApp } from "../world/app";

export const CREATE_TEAM = `mutation ($name: String!, $description: String, $provider: String, $userIds: [ID!]) {
  createTeam(name: $name, description: $description, provider: $provider, userIds: $userIds) {
    team { id name description provider createdAt updatedAt users { id } roleBindings { role } } message } }`;

export const UPDATE_TEAM = `mutation ($id: ID!, $newName: String, $description: String, $addUserIds: [ID!], $removeUserIds: [ID!], $userIds: [ID!]) {
  updateTeam(id: $id, newName: $newName, description: $description, addUserIds: $addUserIds, removeUserIds: $removeUserIds, userIds: $userIds) {
    team { id name description updatedAt users { id } } message } }`;

export const REMOVE_TEAM = "mutation ($id: ID!) { removeTeam(id: $id) { team { id name } message } }";

/** As the command-line client asks, and more. */
export const READ_TEAM = `query ($teamUuid: Uuid!, $workspaceUuid: Uuid) { team(teamUuid: $teamUuid, workspaceUuid: $workspaceUuid) {
  id name description provider roleBindings { role team { id } workspace { id label } deployment { id label } } createdAt } }`;

export const TEAM_USERS = "query ($teamUuid: Uuid!) { teamUsers(teamUuid: $teamUuid) { id username } }";

export const PAGE_OF_TEAMS = `query ($take: Int, $cursor: Uuid, $workspaceUuid: Uuid) {
  paginatedTeams(take: $take, cursor: $cursor, workspaceUuid: $workspaceUuid) { count teams { id name roleBindings { role } } } }`;

export const GRANT_TEAM =
  "mutation ($teamUuid: Uuid!, $role: Role!) { createTeamSystemRoleBinding(teamUuid: $teamUuid, role: $role) { id role team { id } workspace { id } } }";

export const REVOKE_TEAM =
  "mutation ($teamUuid: Uuid!, $role: Role!) { deleteTeamSystemRoleBinding(teamUuid: $teamUuid, role: $role) { role } }";

export const GRANT_USER =
  "mutation ($userId: ID!, $role: Role!) { createSystemRoleBinding(userId: $userId, role: $role) { id role user { id } } }";

export const REVOKE_USER =
  "mutation ($userId: ID!, $role: Role!) { deleteSystemRoleBinding(userId: $userId, role: $role) { role user { id } } }";

/** A local Team with these members, unless told otherwise. */
export async function teamWith(
  world: TestApp,
  by: string,
  userIds: readonly string[] = [],
  overrides: { name?: string; provider?: string } = {},
): Promise<string> {
  const { createTeam } = await ask(world, CREATE_TEAM, { name: uniqueName("team"), userIds, ...overrides }, by);
  return createTeam.team.id;
}

/** Written to the table, so that a test of Teams stands by itself. */
export async function bindTeam(
  world: TestApp,
  teamId: string,
  role: string,
  { workspaceId, deploymentId }: { workspaceId?: string; deploymentId?: string } = {},
): Promise<void> {
  await world.database.sql.query(
    "INSERT INTO role_binding (id, role, team_id, workspace_id, deployment_id, created_at) VALUES (gen_random_uuid(), $1, $2, $3, $4, now())",
    [role, teamId, workspaceId ?? null, deploymentId ?? null],
  );
}

/** Active users who are SYSTEM_ADMIN, themselves or through a Team. */
export async function systemAdmins(world: TestApp): Promise<string[]> {
  const rows = await world.database.sql.query<{ id: string }>(
    `SELECT DISTINCT u.id FROM app_user u
     LEFT JOIN team_member m ON m.user_id = u.id
     JOIN role_binding b ON b.user_id = u.id OR b.team_id = m.team_id
     WHERE u.status = 'active' AND b.role = 'SYSTEM_ADMIN' ORDER BY u.id`,
  );
  return rows.map(({ id }) => id);
}
