import type { Pool } from "pg";
import type { HistoryPageVariables } from "../requests";

const PAGE_SIZE = 20;

/** The columns that the page shows and no others, under the page's own names. */
const select = (condition: string): string => `
  SELECT r.id, r.number, r.type, r.status, r.trigger, r.description,
    r.image_repository, r.image_tag, r.image_digest, r.runtime_version, r.airflow_version,
    r.dag_deployment_type, r.dag_tarball_version, r.actor_id, r.actor_type, r.actor_label,
    r.created_at, r.finished_at, r.id = d.current_revision_id AS is_current, r.rollback_from_id
  FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id
  WHERE r.deployment_id = $1 AND d.deleted_at IS NULL ${condition}
  ORDER BY r.number DESC LIMIT ${PAGE_SIZE + 1}`;

export const FIRST_PAGE = select("");
const LATER_PAGE = select("AND r.number < $2");

interface Row {
  readonly id: string;
  readonly number: number;
  readonly type: string;
  readonly status: string;
  readonly trigger: string;
  readonly description: string | null;
  readonly image_repository: string;
  readonly image_tag: string;
  readonly image_digest: string;
  readonly runtime_version: string | null;
  readonly airflow_version: string | null;
  readonly dag_deployment_type: string;
  readonly dag_tarball_version: string | null;
  readonly actor_id: string;
  readonly actor_type: string;
  readonly actor_label: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly is_current: boolean;
  readonly rollback_from_id: string | null;
}

export async function historyPage(pool: Pool, { deploymentUuid, after }: HistoryPageVariables): Promise<object> {
  const { rows } = await pool.query<Row>(
    after === null
      ? { name: "first-page", text: FIRST_PAGE, values: [deploymentUuid] }
      : {
          name: "later-page",
          text: LATER_PAGE,
          values: [deploymentUuid, Buffer.from(after, "base64url").toString().split(":")[0]],
        },
  );
  const shown = rows.slice(0, PAGE_SIZE);
  const last = shown.at(-1);
  return {
    deployRevisions: {
      nodes: shown.map(present),
      pageInfo: {
        hasNextPage: rows.length > PAGE_SIZE,
        endCursor: last === undefined ? null : Buffer.from(`${last.number}:${last.id}`).toString("base64url"),
      },
    },
  };
}

function present(row: Row): object {
  return {
    id: row.id,
    number: row.number,
    type: row.type,
    status: row.status,
    trigger: row.trigger,
    description: row.description,
    image: `${row.image_repository}:${row.image_tag}@${row.image_digest}`,
    imageDigest: row.image_digest,
    runtimeVersion: row.runtime_version,
    airflowVersion: row.airflow_version,
    dagDeploymentType: row.dag_deployment_type,
    dagTarballVersion: row.dag_tarball_version,
    createdBy: { id: row.actor_id, type: row.actor_type, label: row.actor_label },
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    isCurrent: row.is_current,
    isRollback: row.trigger === "ROLLBACK",
    rollbackFromId: row.rollback_from_id,
  };
}
