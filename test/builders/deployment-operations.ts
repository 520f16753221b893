import { randomUUID } from "node:crypto";
import { AesSecretBox } from "../../src/infrastructure/secrets/aes-secret-box";
import { ask, type BuiltDeployment } from "./api";
import type { TestApp } from "../world/app";

/** What the command-line client reads of a Deployment, and more. */
const DEPLOYMENT_FIELDS = `id uuid type label description releaseName namespace status version airflowVersion desiredAirflowVersion
  runtimeVersion desiredRuntimeVersion runtimeAirflowVersion config properties rollbackEnabled image createdAt updatedAt
  urls { type url } deployInfo { current nextCli } workspace { id } upsertedEnvironmentVariables { key value isSecret }
  dagDeployment { type nfsLocation repositoryUrl branchName dagDirectoryLocation rev sshKey knownHosts syncInterval syncTimeout ephemeralStorage }`;

/** Declares its variables as the command-line client does. */
export const CREATE = `mutation CreateDeployment(
  $label: String!, $type: String = "airflow", $releaseName: String, $workspaceId: Uuid!, $executor: ExecutorType!, $airflowVersion: String,
  $runtimeVersion: String, $namespace: String, $config: JSON, $cloudRole: String, $dagDeployment: DagDeployment, $triggererReplicas: Int
) {
  createDeployment(
    label: $label, type: $type, workspaceUuid: $workspaceId, releaseName: $releaseName, executor: $executor, airflowVersion: $airflowVersion,
    runtimeVersion: $runtimeVersion, namespace: $namespace, config: $config, cloudRole: $cloudRole, dagDeployment: $dagDeployment,
    triggerer: { replicas: $triggererReplicas }
  ) { ${DEPLOYMENT_FIELDS} }
}`;

/** The same. */
export const UPDATE = `mutation UpdateDeployment(
  $deploymentId: Uuid!, $payload: JSON!, $executor: ExecutorType, $cloudRole: String, $dagDeployment: DagDeployment, $triggererReplicas: Int
) {
  updateDeployment(
    deploymentUuid: $deploymentId, payload: $payload, executor: $executor, cloudRole: $cloudRole, dagDeployment: $dagDeployment,
    triggerer: { replicas: $triggererReplicas }
  ) { ${DEPLOYMENT_FIELDS} }
}`;

export const UPSERT = `mutation (
  $workspaceUuid: Uuid, $deploymentUuid: Uuid, $label: String, $description: String, $releaseName: String, $namespace: String,
  $environmentVariables: [InputEnvironmentVariable], $image: String, $dockerconfigjson: JSON, $version: String, $airflowVersion: String,
  $runtimeVersion: String, $desiredRuntimeVersion: String, $executor: ExecutorType, $workers: Workers, $webserver: Webserver,
  $scheduler: Scheduler, $triggerer: Triggerer, $dagDeployment: DagDeployment, $properties: JSON, $cloudRole: String, $astroUnitsEnabled: Boolean
) {
  upsertDeployment(
    workspaceUuid: $workspaceUuid, deploymentUuid: $deploymentUuid, label: $label, description: $description, releaseName: $releaseName,
    namespace: $namespace, environmentVariables: $environmentVariables, image: $image, dockerconfigjson: $dockerconfigjson, version: $version,
    airflowVersion: $airflowVersion, runtimeVersion: $runtimeVersion, desiredRuntimeVersion: $desiredRuntimeVersion, executor: $executor,
    workers: $workers, webserver: $webserver, scheduler: $scheduler, triggerer: $triggerer, dagDeployment: $dagDeployment,
    properties: $properties, cloudRole: $cloudRole, astroUnitsEnabled: $astroUnitsEnabled
  ) { ${DEPLOYMENT_FIELDS} }
}`;

export const DELETE = `mutation ($deploymentId: Uuid!, $deploymentHardDelete: Boolean) {
  deleteDeployment(deploymentUuid: $deploymentId, deploymentHardDelete: $deploymentHardDelete) { id } }`;

export const READ = `query ($id: String, $releaseName: String) { deployment(where: { id: $id, releaseName: $releaseName }) { ${DEPLOYMENT_FIELDS} } }`;

export const LIST = `query ($workspaceId: Uuid!, $releaseName: String) {
  workspaceDeployments(workspaceUuid: $workspaceId, releaseName: $releaseName) { ${DEPLOYMENT_FIELDS} } }`;

export const SET_VARIABLES = `mutation ($deploymentId: Uuid!, $releaseName: String!, $environmentVariables: [InputEnvironmentVariable!]!) {
  updateDeploymentVariables(deploymentUuid: $deploymentId, releaseName: $releaseName, environmentVariables: $environmentVariables) { key value isSecret } }`;

export const SET_RUNTIME = `mutation ($deploymentId: Uuid!, $desiredRuntimeVersion: String!) {
  updateDeploymentRuntime(deploymentUuid: $deploymentId, desiredRuntimeVersion: $desiredRuntimeVersion) { ${DEPLOYMENT_FIELDS} } }`;

export const CANCEL_RUNTIME = `mutation ($deploymentId: Uuid!) { cancelRuntimeUpdate(deploymentUuid: $deploymentId) { ${DEPLOYMENT_FIELDS} } }`;

export const SET_AIRFLOW = `mutation ($deploymentId: Uuid!, $desiredAirflowVersion: String!) {
  updateDeploymentAirflow(deploymentUuid: $deploymentId, desiredAirflowVersion: $desiredAirflowVersion) { ${DEPLOYMENT_FIELDS} } }`;

export const SET_ROLLBACK = `mutation ($deploymentId: Uuid!, $enabled: Boolean!) {
  updateDeploymentRollback(deploymentUuid: $deploymentId, enabled: $enabled) { id rollbackEnabled } }`;

export const SERVICE_ACCOUNTS = `query ($deploymentId: Uuid!) {
  deploymentServiceAccounts(deploymentUuid: $deploymentId) { id label category apiKey entityType entityUuid deploymentUuid workspaceUuid active lastUsedAt } }`;

/** The client sends workspaceUuid along, which the operation does not declare. */
export const CREATE_SERVICE_ACCOUNT = `mutation ($deploymentUuid: Uuid!, $label: String!, $category: String, $role: Role!) {
  createDeploymentServiceAccount(deploymentUuid: $deploymentUuid, label: $label, category: $category, role: $role) {
    id label category apiKey entityType entityUuid deploymentUuid workspaceUuid active lastUsedAt } }`;

export const DELETE_SERVICE_ACCOUNT = `mutation ($deploymentUuid: Uuid!, $serviceAccountUuid: Uuid!) {
  deleteDeploymentServiceAccount(deploymentUuid: $deploymentUuid, serviceAccountUuid: $serviceAccountUuid) { id label } }`;

/** Ids that name nothing. */
export const NO_IDS = (): string[] => [randomUUID(), "", "nonsense", "cjxaqnuot00070a32oa3ps1m3", "x".repeat(10_000)];

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in Answer
export async function readDeployment(world: TestApp, token: string, { id }: Pick<BuiltDeployment, "id">): Promise<any> {
  return (await ask(world, READ, { id }, token)).deployment;
}

/** The row itself, with what no operation answers. */
export async function rowOf(world: TestApp, { id }: Pick<BuiltDeployment, "id">): Promise<Record<string, unknown>> {
  const [row] = await world.database.sql.query<Record<string, unknown>>("SELECT * FROM deployment WHERE id = $1", [id]);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}

export interface OpenedSecrets {
  readonly variables: Readonly<Record<string, string>>;
  readonly sshKey: string | null;
  readonly dockerConfigJson: unknown;
}

/** What is sealed in a Deployment's row, opened with the installation's keys; fails on what is not sealed. */
export async function secretsOf(
  world: Pick<TestApp, "config" | "database">,
  { id }: Pick<BuiltDeployment, "id">,
  keys = world.config.secrets.encryptionKeys,
): Promise<OpenedSecrets> {
  const [row] = await world.database.sql.query<{
    environment_variables: { key: string; isSecret: boolean; sealed: string }[];
    dag_deployment: { sealedSshKey?: string };
    docker_config_json: { sealed: string } | null;
  }>("SELECT environment_variables, dag_deployment, docker_config_json FROM deployment WHERE id = $1", [id]);
  if (row === undefined) throw new Error(`no row ${id}`);
  const { open } = new AesSecretBox(keys).of(id);
  const { environment_variables: variables, dag_deployment: dagDeployment, docker_config_json: dockerConfig } = row;
  return {
    variables: Object.fromEntries(
      variables
        .filter(({ isSecret }) => isSecret)
        .map(({ key, sealed }) => [key, open(sealed, `environmentVariables.${key}`)]),
    ),
    sshKey: dagDeployment.sealedSshKey === undefined ? null : open(dagDeployment.sealedSshKey, "dagDeployment.sshKey"),
    dockerConfigJson: dockerConfig === null ? null : JSON.parse(open(dockerConfig.sealed, "dockerconfigjson")),
  };
}
