/** The public API, as far as the commands use it. A test checks every document against schema.graphql. */

import type { Issue } from "./api";

export interface Person {
  readonly label: string;
}

export interface Deployment {
  readonly id: string;
  readonly label: string | null;
  readonly releaseName: string;
  readonly status: string | null;
  readonly workspace: { readonly label: string | null } | null;
  readonly currentRevision: Revision | null;
  readonly latestRevision: Revision | null;
}

export type Status = "INITIALIZED" | "DEPLOYED" | "FAILED" | "SUPERSEDED";

export interface Revision {
  readonly id: string;
  readonly number: number;
  readonly status: Status;
  readonly statusReason: string | null;
  readonly type: string;
  readonly trigger: string;
  readonly description: string | null;
  readonly image: string | null;
  readonly imageTag: string | null;
  readonly runtimeVersion: string | null;
  readonly airflowVersion: string | null;
  readonly dagTarballVersion: string | null;
  readonly createdBy: Person;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly isCurrent: boolean;
  readonly isRollback: boolean;
  readonly rolledBackId: string | null;
  readonly pinned: boolean;
}

export interface Step {
  readonly position: number;
  readonly name: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly message: string | null;
}

export interface Plan {
  readonly deployment: { readonly releaseName: string };
  readonly from: Revision;
  readonly to: Revision;
  readonly allowed: boolean;
  readonly blockers: readonly Issue[];
  readonly warnings: readonly Issue[];
  readonly changes: readonly {
    readonly field: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly changed: boolean;
  }[];
  readonly database: {
    readonly direction: "NONE" | "UPGRADE" | "DOWNGRADE";
    readonly fromRevision: string | null;
    readonly toRevision: string | null;
    readonly losesData: boolean;
  };
  readonly dags: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
    readonly unchangedCount: number;
  } | null;
  readonly skipped: readonly { readonly number: number }[];
}

export interface Quarantine {
  readonly id: string;
  readonly reason: string;
  readonly createdBy: Person;
  readonly createdAt: string;
  readonly image: string | null;
  readonly dagBundleSha256: string | null;
}

export interface LogLine {
  readonly id: string;
  readonly timestamp: string | null;
  readonly message: string | null;
}

const REVISION = `id number status statusReason type trigger description image imageTag runtimeVersion airflowVersion dagTarballVersion
  createdBy { label } createdAt finishedAt isCurrent isRollback rolledBackId pinned`;
const DEPLOYMENT = "id label releaseName status workspace { label }";
const QUARANTINE = "id reason createdBy { label } createdAt image dagBundleSha256";
const ISSUE = "code message remedy";

export const SIGN_IN = `mutation SignIn($identity: String!, $password: String!) {
  createToken(identity: $identity, password: $password) { token { value } }
}`;

export const WHO_AM_I = `query WhoAmI { self { user { username } serviceAccount { label } } }`;

export const LIST_DEPLOYMENTS = `query Deployments($take: Int, $cursor: Uuid, $name: String) {
  deployments: paginatedDeployments(take: $take, cursor: $cursor, name: $name) {
    ${DEPLOYMENT} currentRevision { ${REVISION} }
  }
}`;

export const FIND_DEPLOYMENT = `query FindDeployment($where: DeploymentWhereUniqueInput!) {
  deployment(where: $where) { ${DEPLOYMENT} currentRevision { ${REVISION} } latestRevision { ${REVISION} } }
}`;

export const HISTORY = `query History($deploymentUuid: Uuid!, $first: Int, $after: String, $filter: DeployRevisionFilter) {
  deployRevisions(deploymentUuid: $deploymentUuid, first: $first, after: $after, filter: $filter) {
    nodes { ${REVISION} } pageInfo { hasNextPage endCursor }
  }
}`;

/** Numbers have no gaps, so the n-th newest revision has a number that is known before it is asked for. */
export const NTH_NEWEST = `query NthNewest($deploymentUuid: Uuid!, $pageNumber: Int!) {
  paginatedDeployRevisions(deploymentUuid: $deploymentUuid, take: 1, pageNumber: $pageNumber) { deployRevisions { ${REVISION} } }
}`;

export const FOLLOW = `query Follow($id: Uuid!) {
  deployRevision(id: $id) { ${REVISION} steps { position name status startedAt finishedAt message } }
}`;

export const PLAN = `query Plan($deploymentUuid: Uuid!, $deployRevisionId: Uuid, $deployRevisionNumber: Int) {
  rollbackPlan(deploymentUuid: $deploymentUuid, deployRevisionId: $deployRevisionId, deployRevisionNumber: $deployRevisionNumber) {
    deployment { releaseName } from { ${REVISION} } to { ${REVISION} } allowed
    blockers { ${ISSUE} } warnings { ${ISSUE} } changes { field from to changed }
    database { direction fromRevision toRevision losesData } dags { added removed changed unchangedCount } skipped { number }
  }
}`;

export const ROLL_BACK = `mutation RollBack(
  $deploymentUuid: Uuid!, $deployRevisionId: Uuid!, $description: String!, $acknowledgeDataLoss: Boolean!,
  $expectedCurrentRevisionId: Uuid!, $idempotencyKey: String!, $quarantine: Boolean!
) {
  rollbackDeploy(
    deploymentUuid: $deploymentUuid, deployRevisionId: $deployRevisionId, description: $description,
    acknowledgeDataLoss: $acknowledgeDataLoss, expectedCurrentRevisionId: $expectedCurrentRevisionId,
    idempotencyKey: $idempotencyKey, quarantine: $quarantine
  ) { ${REVISION} }
}`;

export const UNDO = `mutation Undo($deployRevisionId: Uuid!, $description: String!, $acknowledgeDataLoss: Boolean!) {
  undoRollback(deployRevisionId: $deployRevisionId, description: $description, acknowledgeDataLoss: $acknowledgeDataLoss) { ${REVISION} }
}`;

export const HOLD = `mutation Hold($deployRevisionId: Uuid!, $reason: String!) {
  quarantineDeployRevision(deployRevisionId: $deployRevisionId, reason: $reason) { ${QUARANTINE} }
}`;

export const LIFT = `mutation Lift($quarantineId: Uuid!) { liftQuarantine(quarantineId: $quarantineId) { ${QUARANTINE} } }`;

export const LIST_HOLDS = `query Holds($where: DeploymentWhereUniqueInput!) {
  deployment(where: $where) { quarantines { ${QUARANTINE} } }
}`;

export const LOGS = `query Logs($deploymentUuid: Uuid!, $component: String, $search: String, $timestamp: DateTime) {
  logs(deploymentUuid: $deploymentUuid, component: $component, search: $search, timestamp: $timestamp) { id timestamp message }
}`;
