import { ask, askInVain, bindRole, signUp, uniqueName, type Account, type Place, type Refusal } from "./api";
import { fingerprint } from "./fingerprint";
import type { TestApp } from "../world/app";

/** What the command-line client reads of a Workspace, and more. */
const WORKSPACE_FIELDS = "id label description createdAt updatedAt";

export const CREATE_WORKSPACE = `mutation ($label: String!, $description: String) {
  createWorkspace(label: $label, description: $description) { ${WORKSPACE_FIELDS} } }`;

export const UPDATE_WORKSPACE = `mutation ($workspaceId: Uuid!, $payload: JSON!) {
  updateWorkspace(workspaceUuid: $workspaceId, payload: $payload) { ${WORKSPACE_FIELDS} } }`;

export const DELETE_WORKSPACE =
  "mutation ($workspaceId: Uuid!) { deleteWorkspace(workspaceUuid: $workspaceId) { id label } }";

export const READ_WORKSPACE = `query ($workspaceId: Uuid!) { workspace(workspaceUuid: $workspaceId) { ${WORKSPACE_FIELDS} } }`;

const LIST_WORKSPACES = "query ($label: String) { workspaces(label: $label) { id label } }";

export const MEMBERS = `query ($workspaceId: Uuid!) { workspace(workspaceUuid: $workspaceId) {
  users { id } roleBindings { role user { id } serviceAccount { id } workspace { id } } } }`;

export const ADD_USER = `mutation ($workspaceId: Uuid, $email: String!, $role: Role!, $deploymentRoles: [DeploymentRoles!]) {
  workspaceAddUser(workspaceUuid: $workspaceId, email: $email, role: $role, deploymentRoles: $deploymentRoles) { id label } }`;

export const UPSERT_USER = `mutation ($workspaceId: Uuid!, $email: String!, $role: Role!) {
  workspaceUpsertUserRole(workspaceUuid: $workspaceId, email: $email, role: $role) }`;

export const REMOVE_USER = `mutation ($workspaceId: Uuid!, $userId: Uuid!) {
  workspaceRemoveUser(workspaceUuid: $workspaceId, userUuid: $userId) { id label } }`;

export const WORKSPACE_USER = `query ($workspaceId: Uuid!, $email: String) {
  workspaceUser(workspaceUuid: $workspaceId, user: { email: $email }) { id username roleBindings { role workspace { id } } } }`;

export const WORKSPACE_USERS =
  "query ($workspaceId: Uuid!) { workspaceUsers(workspaceUuid: $workspaceId) { id username roleBindings { role workspace { id } } } }";

export const PAGE_OF_USERS = `query ($workspaceId: Uuid!, $cursor: Uuid, $take: Int) {
  paginatedWorkspaceUsers(workspaceUuid: $workspaceId, cursor: $cursor, take: $take) { id username } }`;

export const WORKSPACE_TEAMS =
  "query ($workspaceId: Uuid!) { workspaceTeams(workspaceUuid: $workspaceId) { id name roleBindings { role workspace { id } } } }";

export const ADD_TEAM = `mutation ($workspaceId: Uuid!, $teamId: Uuid!, $role: Role!, $deploymentRoles: [DeploymentRoles!]) {
  workspaceAddTeam(workspaceUuid: $workspaceId, teamUuid: $teamId, role: $role, deploymentRoles: $deploymentRoles) { id label } }`;

export const UPDATE_TEAM_ROLE = `mutation ($workspaceId: Uuid!, $teamId: Uuid!, $role: Role!) {
  workspaceUpdateTeamRole(workspaceUuid: $workspaceId, teamUuid: $teamId, role: $role) }`;

export const REMOVE_TEAM_FROM_WORKSPACE = `mutation ($workspaceId: Uuid!, $teamId: Uuid!) {
  workspaceRemoveTeam(workspaceUuid: $workspaceId, teamUuid: $teamId) { id label } }`;

const SERVICE_ACCOUNT_FIELDS =
  "id label category apiKey entityType entityUuid deploymentUuid workspaceUuid active lastUsedAt";

export const WORKSPACE_SERVICE_ACCOUNTS = `query ($workspaceId: Uuid!) {
  workspaceServiceAccounts(workspaceUuid: $workspaceId) { ${SERVICE_ACCOUNT_FIELDS} } }`;

/** The client sends deploymentUuid along, which the operation does not declare. */
export const CREATE_WORKSPACE_SERVICE_ACCOUNT = `mutation ($workspaceUuid: Uuid!, $label: String!, $category: String, $role: Role!) {
  createWorkspaceServiceAccount(workspaceUuid: $workspaceUuid, label: $label, category: $category, role: $role) { ${SERVICE_ACCOUNT_FIELDS} } }`;

export const DELETE_WORKSPACE_SERVICE_ACCOUNT = `mutation ($workspaceUuid: Uuid!, $serviceAccountUuid: Uuid!) {
  deleteWorkspaceServiceAccount(workspaceUuid: $workspaceUuid, serviceAccountUuid: $serviceAccountUuid) { id label } }`;

export interface Person extends Account {
  readonly email: string;
}

/** A new user whose address is known, with one role if one is given. */
export async function person(world: TestApp, by: string, role?: string, place: Place = {}): Promise<Person> {
  const account = await signUp(world, { by, username: uniqueName("person") });
  const [row] = await world.database.sql.query<{ address: string }>("SELECT address FROM email WHERE user_id = $1", [
    account.id,
  ]);
  if (row === undefined) throw new Error(`no address of ${account.id}`);
  if (role !== undefined) await bindRole(world, account.id, role, place);
  return { ...account, email: row.address };
}

/** The role of each user who has one in the Workspace. */
export async function rolesIn(world: TestApp, workspaceId: string): Promise<Record<string, string>> {
  const rows = await world.database.sql.query<{ userId: string; role: string }>(
    `SELECT user_id AS "userId", role FROM role_binding WHERE workspace_id = $1 AND user_id IS NOT NULL`,
    [workspaceId],
  );
  return Object.fromEntries(rows.map(({ userId, role }) => [userId, role]));
}

/** The fingerprint, and with it what of service accounts no request changes by the way. */
export const everything = async (world: TestApp): Promise<unknown> => [
  await fingerprint(world),
  await world.database.sql.query("SELECT id, label, category, api_key_hash, active FROM service_account ORDER BY id"),
];

/** Sends a request that has to be refused on HTTP 200, and makes sure that nothing was written. */
export async function refusedWithoutTrace(
  world: TestApp,
  query: string,
  variables: object,
  token?: string,
): Promise<Refusal> {
  const before = await everything(world);
  const refusal = await askInVain(world, query, variables, token);
  expect(await everything(world)).toEqual(before);
  return refusal;
}

/** How many requests each outcome had: OK, or the code of the refusal. */
export async function outcomes(
  requests: readonly Promise<{ errors: undefined | readonly { extensions: { code: string } }[] }>[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { errors } of await Promise.all(requests)) {
    const outcome = errors?.[0]?.extensions.code ?? "OK";
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

export const listed = async (world: TestApp, token: string, label?: string): Promise<{ id: string; label: string }[]> =>
  (await ask(world, LIST_WORKSPACES, { label }, token)).workspaces;
