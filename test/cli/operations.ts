/**
 * The operations of the `astro` CLI against a platform at 0.35, as its public source sends them: no operation
 * name, variables declared with these types, these fields selected.
 */

const DEPLOYMENT = `id type label releaseName workspace { id } deployInfo { nextCli current } version airflowVersion createdAt updatedAt`;
const BINDINGS = "roleBindings { role workspace { id label } deployment { id label } }";
const SERVICE_ACCOUNT = "id apiKey label category entityType entityUuid active createdAt updatedAt lastUsedAt";

export const APP_VERSION = "query AppConfig { appConfig { version } }";

export const APP_CONFIG = `query AppConfig { appConfig {
  version baseDomain byoUpdateRegistryHost smtpConfigured manualReleaseNames configureDagDeployment nfsMountDagDeployment
  manualNamespaceNames hardDeleteDeployment triggererEnabled featureFlags } }`;

export const AUTH_CONFIG =
  "query GetAuthConfig($redirect: String) { authConfig(redirect: $redirect) { localEnabled publicSignup initialSignup providers { name displayName url } } }";

export const CREATE_TOKEN = `mutation createBasicToken($identity: String, $password: String!) {
  createToken(identity: $identity, password: $password) { user { id fullName username status createdAt updatedAt } token { value } } }`;

export const CREATE_USER = `mutation CreateUser($email: String!, $password: String!, $username: String, $inviteToken: String) {
  createUser(email: $email, password: $password, username: $username, inviteToken: $inviteToken) { user { id username status createdAt updatedAt } token { value } } }`;

export const WORKSPACES =
  "query GetWorkspaces { workspaces { id label description createdAt updatedAt roleBindings { role user { id username } } } }";
export const PAGE_OF_WORKSPACES = `query GetPaginatedWorkspaces($pageSize: Int, $pageNumber: Int) {
  paginatedWorkspaces(take: $pageSize, pageNumber: $pageNumber) { id label description createdAt updatedAt roleBindings { role user { id username } } } }`;
export const WORKSPACE = `query GetWorkspace($workspaceUuid: Uuid!) { workspace(workspaceUuid: $workspaceUuid) {
  id label description createdAt updatedAt roleBindings { role user { id username } } } }`;
export const CREATE_WORKSPACE = `mutation CreateWorkspace($label: String!, $description: String = "N/A") {
  createWorkspace(label: $label, description: $description) { id description label createdAt updatedAt } }`;
export const UPDATE_WORKSPACE = `mutation UpdateWorkspace($workspaceId: Uuid!, $payload: JSON!) {
  updateWorkspace(workspaceUuid: $workspaceId, payload: $payload) { id description label createdAt updatedAt } }`;
export const DELETE_WORKSPACE =
  "mutation DeleteWorkspace($workspaceId: Uuid!) { deleteWorkspace(workspaceUuid: $workspaceId) { id label } }";

export const WORKSPACE_USER = `query GetWorkspaceUser($workspaceUuid: Uuid!, $email: String!) {
  workspaceUser(workspaceUuid: $workspaceUuid, user: { email: $email }) { id username roleBindings { role workspace { id } } } }`;
export const WORKSPACE_USERS =
  "query workspaceUsers($workspaceUuid: Uuid!) { workspaceUsers(workspaceUuid: $workspaceUuid) { id username fullName emails { address } roleBindings { workspace { id label } role } } }";
export const PAGE_OF_WORKSPACE_USERS = `query paginatedWorkspaceUsers($workspaceUuid: Uuid!, $cursorUuid: Uuid, $take: Int) {
  paginatedWorkspaceUsers(workspaceUuid: $workspaceUuid, cursor: $cursorUuid, take: $take) { id username emails { address } roleBindings { workspace { id label } role } } }`;
export const ADD_WORKSPACE_USER = `mutation AddWorkspaceUser($workspaceId: Uuid!, $email: String!, $role: Role!) {
  workspaceAddUser(workspaceUuid: $workspaceId, email: $email, role: $role) { id label description users { id username roleBindings { role } } createdAt updatedAt } }`;
export const UPDATE_WORKSPACE_USER = `mutation workspaceUpsertUserRole($workspaceUuid: Uuid!, $email: String!, $role: Role!) {
  workspaceUpsertUserRole(workspaceUuid: $workspaceUuid, email: $email, role: $role) }`;
export const REMOVE_WORKSPACE_USER = `mutation RemoveWorkspaceUser($workspaceId: Uuid!, $userId: Uuid!) {
  workspaceRemoveUser(workspaceUuid: $workspaceId, userUuid: $userId) { id label description users { id username } createdAt updatedAt } }`;

export const ADD_WORKSPACE_TEAM = `mutation AddWorkspaceTeam($workspaceUuid: Uuid!, $teamUuid: Uuid!, $role: Role! = WORKSPACE_VIEWER, $deploymentRoles: [DeploymentRoles!] = []) {
  workspaceAddTeam(workspaceUuid: $workspaceUuid, teamUuid: $teamUuid, role: $role, deploymentRoles: $deploymentRoles) { id label description createdAt updatedAt } }`;
export const UPDATE_WORKSPACE_TEAM = `mutation workspaceUpdateTeamRole($workspaceUuid: Uuid!, $teamUuid: Uuid!, $role: Role!) {
  workspaceUpdateTeamRole(workspaceUuid: $workspaceUuid, teamUuid: $teamUuid, role: $role) }`;
export const REMOVE_WORKSPACE_TEAM = `mutation workspaceRemoveTeam($workspaceUuid: Uuid!, $teamUuid: Uuid!) {
  workspaceRemoveTeam(workspaceUuid: $workspaceUuid, teamUuid: $teamUuid) { id label } }`;
export const WORKSPACE_TEAMS = `query workspaceTeams($workspaceUuid: Uuid!) { workspaceTeams(workspaceUuid: $workspaceUuid) { id name ${BINDINGS} } }`;
export const WORKSPACE_TEAM = `query GetTeam($workspaceUuid: Uuid, $teamUuid: Uuid!) { team(workspaceUuid: $workspaceUuid, teamUuid: $teamUuid) { id name roleBindings { role workspace { id } } } }`;

export const TEAM = `query GetTeam($teamUuid: Uuid!) { team(teamUuid: $teamUuid) { id name createdAt ${BINDINGS} } }`;
export const TEAM_USERS =
  "query GetTeamUsers($teamUuid: Uuid!) { teamUsers(teamUuid: $teamUuid) { id username emails { address } status } }";
export const TEAMS = `query ListTeams($take: Int, $cursor: Uuid, $workspaceUuid: Uuid) {
  paginatedTeams(take: $take, cursor: $cursor, workspaceUuid: $workspaceUuid) { count teams { id name createdAt ${BINDINGS} } } }`;
export const GRANT_TEAM =
  "mutation createTeamSystemRoleBinding($teamUuid: Uuid!, $role: Role!) { createTeamSystemRoleBinding(teamUuid: $teamUuid, role: $role) { role } }";
export const REVOKE_TEAM =
  "mutation deleteTeamSystemRoleBinding($teamUuid: Uuid!, $role: Role!) { deleteTeamSystemRoleBinding(teamUuid: $teamUuid, role: $role) { role } }";

export const CREATE_WORKSPACE_ACCOUNT = `mutation createWorkspaceServiceAccount($workspaceUuid: Uuid!, $label: String!, $category: String, $role: Role!) {
  createWorkspaceServiceAccount(workspaceUuid: $workspaceUuid, label: $label, category: $category, role: $role) { ${SERVICE_ACCOUNT} } }`;
export const WORKSPACE_ACCOUNTS = `query GetWorkspaceServiceAccounts($workspaceUuid: Uuid!) { workspaceServiceAccounts(workspaceUuid: $workspaceUuid) { ${SERVICE_ACCOUNT} } }`;
export const DELETE_WORKSPACE_ACCOUNT = `mutation DeleteWorkspaceServiceAccount($workspaceUuid: Uuid!, $serviceAccountUuid: Uuid!) {
  deleteWorkspaceServiceAccount(workspaceUuid: $workspaceUuid, serviceAccountUuid: $serviceAccountUuid) { id label category entityType entityUuid } }`;
export const CREATE_DEPLOYMENT_ACCOUNT = `mutation createDeploymentServiceAccount($deploymentUuid: Uuid!, $label: String!, $category: String, $role: Role!) {
  createDeploymentServiceAccount(deploymentUuid: $deploymentUuid, label: $label, category: $category, role: $role) { ${SERVICE_ACCOUNT} } }`;
export const DEPLOYMENT_ACCOUNTS = `query GetDeploymentServiceAccounts($deploymentUuid: Uuid!) { deploymentServiceAccounts(deploymentUuid: $deploymentUuid) { ${SERVICE_ACCOUNT} } }`;
export const DELETE_DEPLOYMENT_ACCOUNT = `mutation DeleteDeploymentServiceAccount($deploymentUuid: Uuid!, $serviceAccountUuid: Uuid!) {
  deleteDeploymentServiceAccount(deploymentUuid: $deploymentUuid, serviceAccountUuid: $serviceAccountUuid) { id label category entityType entityUuid } }`;

export const NAMESPACES = "query availableNamespaces { availableNamespaces { name } }";
export const CREATE_DEPLOYMENT = `mutation CreateDeployment(
  $label: String!, $type: String = "airflow", $releaseName: String, $workspaceId: Uuid!, $executor: ExecutorType!, $airflowVersion: String,
  $runtimeVersion: String, $namespace: String, $config: JSON, $cloudRole: String, $dagDeployment: DagDeployment, $triggererReplicas: Int
) { createDeployment(
  label: $label, type: $type, workspaceUuid: $workspaceId, executor: $executor, airflowVersion: $airflowVersion, runtimeVersion: $runtimeVersion,
  namespace: $namespace, releaseName: $releaseName, config: $config, cloudRole: $cloudRole, dagDeployment: $dagDeployment,
  triggerer: { replicas: $triggererReplicas }
) { id label config airflowVersion runtimeVersion releaseName dagDeployment { type } urls { type url } workspace { id } createdAt updatedAt } }`;
export const WORKSPACE_DEPLOYMENTS = `query WorkspaceDeployments($workspaceId: Uuid!, $releaseName: String) {
  workspaceDeployments(workspaceUuid: $workspaceId, releaseName: $releaseName) {
    ${DEPLOYMENT} runtimeVersion desiredRuntimeVersion runtimeAirflowVersion urls { type url } } }`;
export const ALL_DEPLOYMENTS = `query paginatedDeployments($take: Int) { paginatedDeployments(take: $take) { ${DEPLOYMENT} runtimeVersion } }`;
export const DEPLOYMENT_BY_ID = `query GetDeployment($id: String!) { deployment(where: { id: $id }) {
  id airflowVersion desiredAirflowVersion runtimeVersion desiredRuntimeVersion runtimeAirflowVersion releaseName urls { type url }
  dagDeployment { type } label description version createdAt updatedAt deployInfo { nextCli current } } }`;
export const UPDATE_DEPLOYMENT = `mutation UpdateDeployment(
  $deploymentId: Uuid!, $payload: JSON!, $executor: ExecutorType, $cloudRole: String, $dagDeployment: DagDeployment, $triggererReplicas: Int
) { updateDeployment(
  deploymentUuid: $deploymentId, payload: $payload, executor: $executor, cloudRole: $cloudRole, dagDeployment: $dagDeployment,
  triggerer: { replicas: $triggererReplicas }
) { ${DEPLOYMENT} } }`;
export const DELETE_DEPLOYMENT = `mutation DeleteDeployment($deploymentId: Uuid!, $deploymentHardDelete: Boolean) {
  deleteDeployment(deploymentUuid: $deploymentId, deploymentHardDelete: $deploymentHardDelete) { id type label description releaseName version workspace { id } createdAt updatedAt } }`;
export const DEPLOYMENT_CONFIG =
  "query DeploymentInfo { deploymentConfig { defaultAirflowImageTag airflowImages { version tag } } }";
export const RUNTIME_RELEASES = `query RuntimeReleases($airflowVersion: String, $clusterId: Uuid) {
  runtimeReleases(airflowVersion: $airflowVersion, clusterId: $clusterId) { version airflowVersion airflowDatabaseMigrations } }`;
export const UPDATE_AIRFLOW = `mutation updateDeploymentAirflow($deploymentId: Uuid!, $desiredAirflowVersion: String!) {
  updateDeploymentAirflow(deploymentUuid: $deploymentId, desiredAirflowVersion: $desiredAirflowVersion) { id label version releaseName airflowVersion desiredAirflowVersion } }`;
export const UPDATE_RUNTIME = `mutation updateDeploymentRuntime($deploymentUuid: Uuid!, $desiredRuntimeVersion: String!) {
  updateDeploymentRuntime(deploymentUuid: $deploymentUuid, desiredRuntimeVersion: $desiredRuntimeVersion) { id label version releaseName runtimeVersion desiredRuntimeVersion runtimeAirflowVersion } }`;
export const CANCEL_RUNTIME = `mutation cancelRuntimeUpdate($deploymentUuid: Uuid!) {
  cancelRuntimeUpdate(deploymentUuid: $deploymentUuid) { id label version releaseName runtimeVersion desiredRuntimeVersion runtimeAirflowVersion } }`;
export const UPDATE_IMAGE = `mutation updateDeploymentImage($releaseName: String!, $image: String!, $airflowVersion: String, $runtimeVersion: String) {
  updateDeploymentImage(releaseName: $releaseName, image: $image, airflowVersion: $airflowVersion, runtimeVersion: $runtimeVersion) { releaseName airflowVersion runtimeVersion } }`;

export const DEPLOYMENT_USERS = `query deploymentUsers($deploymentId: Id!, $user: UserSearch) {
  deploymentUsers(deploymentId: $deploymentId, user: $user) { id fullName username roleBindings { role deployment { id } } } }`;
const ROLE_ANSWER = "id role user { username } deployment { id releaseName }";
export const ADD_DEPLOYMENT_USER = `mutation AddDeploymentUser($userId: Id, $email: String!, $deploymentId: Id!, $role: Role!) {
  deploymentAddUserRole(userId: $userId, email: $email, deploymentId: $deploymentId, role: $role) { ${ROLE_ANSWER} } }`;
export const UPDATE_DEPLOYMENT_USER = `mutation UpdateDeploymentUser($userId: Id, $email: String!, $deploymentId: Id!, $role: Role!) {
  deploymentUpdateUserRole(userId: $userId, email: $email, deploymentId: $deploymentId, role: $role) { ${ROLE_ANSWER} } }`;
export const REMOVE_DEPLOYMENT_USER = `mutation DeleteDeploymentUser($userId: Id, $email: String!, $deploymentId: Id!) {
  deploymentRemoveUserRole(userId: $userId, email: $email, deploymentId: $deploymentId) { ${ROLE_ANSWER} } }`;
export const DEPLOYMENT_TEAMS = `query deploymentTeams($deploymentUuid: Uuid!) { deploymentTeams(deploymentUuid: $deploymentUuid) { id name ${BINDINGS} } }`;
export const ADD_DEPLOYMENT_TEAM = `mutation deploymentAddTeamRole($teamUuid: Uuid!, $deploymentUuid: Uuid!, $role: Role!) {
  deploymentAddTeamRole(teamUuid: $teamUuid, deploymentUuid: $deploymentUuid, role: $role) { role } }`;
export const UPDATE_DEPLOYMENT_TEAM = `mutation deploymentUpdateTeamRole($teamUuid: Uuid!, $deploymentUuid: Uuid!, $role: Role!) {
  deploymentUpdateTeamRole(teamUuid: $teamUuid, deploymentUuid: $deploymentUuid, role: $role) { role } }`;
export const REMOVE_DEPLOYMENT_TEAM = `mutation deploymentRemoveTeamRole($teamUuid: Uuid!, $deploymentUuid: Uuid!) {
  deploymentRemoveTeamRole(teamUuid: $teamUuid, deploymentUuid: $deploymentUuid) { role } }`;

export const LOGS = `query GetLogs($deploymentId: Uuid!, $component: String, $timestamp: DateTime, $search: String) {
  logs(deploymentUuid: $deploymentId, component: $component, timestamp: $timestamp, search: $search) { id createdAt: timestamp log: message } }`;
