import type { Client } from "pg";
import { encodeCursor } from "../src/features/deploys/domain/cursor";
import type { Request } from "./load/connection";
import type { Seed, SeededDeployment } from "./seed";

/** What the history screen shows. */
const HISTORY_PAGE = `query DeployHistory($deploymentUuid: Uuid!, $after: String) {
  deployRevisions(deploymentUuid: $deploymentUuid, first: 20, after: $after) {
    nodes {
      id number type status trigger description image imageDigest runtimeVersion airflowVersion dagDeploymentType dagTarballVersion
      createdBy { id type label }
      createdAt finishedAt isCurrent isRollback rollbackFromId
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const ROLLBACK = `mutation Rollback($deploymentUuid: Uuid!, $deployRevisionId: Uuid!, $description: String!) {
  rollbackDeploy(deploymentUuid: $deploymentUuid, deployRevisionId: $deployRevisionId, description: $description, acknowledgeDataLoss: true) {
    id number type status createdBy { id type label } createdAt rollbackFromId rolledBackId
  }
}`;

export interface HistoryPageVariables {
  readonly deploymentUuid: string;
  readonly after: string | null;
}

export interface RollbackVariables {
  readonly deploymentUuid: string;
  readonly deployRevisionId: string;
  readonly description: string;
}

/** Newest page, or the one behind the cursor. */
export function historyPage({ id, apiKey }: SeededDeployment, after: string | null = null): Request {
  return {
    apiKey,
    body: { query: HISTORY_PAGE, variables: { deploymentUuid: id, after } satisfies HistoryPageVariables },
  };
}

/** The last full pages of the long history. */
export async function pagesAtDepth(client: Client, { deep }: Seed): Promise<Request[]> {
  const { rows } = await client.query<{ number: number; id: string }>(
    "SELECT number, id FROM deploy_revision WHERE deployment_id = $1 AND number BETWEEN 22 AND 71 ORDER BY number DESC",
    [deep.id],
  );
  return rows.map(({ number, id }) => historyPage(deep, encodeCursor(number, id)));
}

const TARGETS_EACH = 40;

/**
 * Rollbacks of all Deployments in turn, in another order each time round, and each time to another target:
 * going to the same one again while it is being rolled out would rightly be refused. The two halves share
 * no target.
 */
export async function rollbacks(client: Client, { deployments, revisionsEach }: Seed, half: 0 | 1): Promise<Request[]> {
  const { rows } = await client.query<{ deploymentId: string; ids: string[] }>(
    `SELECT deployment_id AS "deploymentId", (array_agg(id ORDER BY number DESC))[1:${TARGETS_EACH}] AS ids FROM deploy_revision
     WHERE deployment_id = ANY($1) AND status = 'DEPLOYED' AND number > $2 AND number < $3 AND number % 2 = $4 GROUP BY deployment_id`,
    [deployments.map(({ id }) => id), Math.ceil(revisionsEach / 2), revisionsEach, half],
  );
  const targets = new Map(rows.map(({ deploymentId, ids }) => [deploymentId, ids]));
  const rounds = Math.min(...rows.map(({ ids }) => ids.length));
  return Array.from({ length: rounds }, (_, round) =>
    shuffled(deployments).map((one) => rollback(one, targets.get(one.id)?.[round] ?? "")),
  ).flat();
}

function rollback({ id, apiKey }: SeededDeployment, target: string): Request {
  const variables: RollbackVariables = {
    deploymentUuid: id,
    deployRevisionId: target,
    description: "Orders are counted twice",
  };
  return { apiKey, body: { query: ROLLBACK, variables } };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
