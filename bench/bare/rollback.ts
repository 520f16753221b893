import type { Pool, PoolClient } from "pg";
import { uuidv7 } from "uuidv7";
import type { RollbackVariables } from "../requests";

/**
 * The statements of the product's rollback (src/features/rollbacks/app/rollback-deploy.ts) in their order, without
 * rules, permissions or authentication.
 */
export async function rollback(
  pool: Pool,
  { deploymentUuid, deployRevisionId, description }: RollbackVariables,
): Promise<object> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const deployment = await one(client, "lock", LOCK, [deploymentUuid]);
    const ids = [...new Set([deployment["head_revision_id"], deployment["current_revision_id"], deployRevisionId])];
    const known = await all(client, "revisions", REVISIONS, [deploymentUuid, ids]);
    const [head, current, target] = [
      deployment["head_revision_id"],
      deployment["current_revision_id"],
      deployRevisionId,
    ].map((wanted) => known.find(({ id }) => id === wanted) ?? {}) as [Row, Row, Row];
    await all(client, "previous", PREVIOUS, [deploymentUuid, current["id"]]);

    const at = new Date().toISOString();
    const revision = {
      ...target,
      id: uuidv7(),
      number: Number(deployment["last_revision_number"]) + 1,
      status: "INITIALIZED",
      status_reason: null,
      trigger: "ROLLBACK",
      description,
      actor_id: "bare",
      actor_type: "SERVICE_ACCOUNT",
      actor_label: "bare",
      rollback_from_id: target["id"],
      rolled_back_id: current["id"],
      rollout_failures: 0,
      pinned: false,
      created_at: at,
      updated_at: at,
      finished_at: null,
    } as Row;
    await all(
      client,
      "insert",
      INSERT,
      COLUMNS.map((column) => revision[column]),
    );
    const superseded = head["status"] === "INITIALIZED";
    if (superseded) {
      const reason = `Superseded by revision ${String(revision["number"])}`;
      await all(client, "supersede", SUPERSEDE, [head["id"], "SUPERSEDED", reason, at, at]);
      await all(client, "unqueue", REMOVE_JOB, [`apply:${String(head["id"])}`]);
    }
    const pending = revision["runtime_version"] === deployment["runtime_version"] ? null : revision["runtime_version"];
    await all(client, "advance", ADVANCE, [deploymentUuid, revision["number"], revision["id"], pending, null, at]);
    await all(client, "log", LOG, [
      JSON.stringify(logLines(deployment, superseded ? [revision, head] : [revision], at)),
    ]);
    await all(client, "audit", AUDIT, [
      uuidv7(),
      revision["id"],
      `bare #${String(revision["number"])}`,
      deployment["workspace_id"],
      deploymentUuid,
      at,
    ]);
    const payload = JSON.stringify({ revisionId: revision["id"] });
    await all(client, "job", ADD_JOB, [
      "deploys.apply",
      payload,
      deploymentUuid,
      1000,
      `apply:${String(revision["id"])}`,
      0,
    ]);
    await client.query("COMMIT");
    return { rollbackDeploy: present(revision) };
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

type Row = Readonly<Record<string, unknown>>;

const COLUMNS = [
  "id",
  "deployment_id",
  "number",
  "type",
  "status",
  "status_reason",
  "trigger",
  "description",
  "image_repository",
  "image_tag",
  "image_digest",
  "runtime_version",
  "airflow_version",
  "dag_deployment_type",
  "dag_tarball_version",
  "actor_id",
  "actor_type",
  "actor_label",
  "rollback_from_id",
  "rolled_back_id",
  "origin_id",
  "rollout_failures",
  "pinned",
  "created_at",
  "updated_at",
  "finished_at",
];

const LOCK = "SELECT * FROM deployment WHERE id = $1 AND deleted_at IS NULL FOR UPDATE";
const REVISIONS = "SELECT * FROM deploy_revision WHERE deployment_id = $1 AND id = ANY($2)";
const PREVIOUS = `SELECT number FROM deploy_revision WHERE deployment_id = $1 AND status = 'DEPLOYED'
  AND number < (SELECT number FROM deploy_revision WHERE id = $2) ORDER BY number DESC LIMIT 1`;
const INSERT = `INSERT INTO deploy_revision (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map((_, at) => `$${at + 1}`).join(", ")})`;
const SUPERSEDE =
  "UPDATE deploy_revision SET status = $2, status_reason = $3, updated_at = $4, finished_at = $5 WHERE id = $1";
const REMOVE_JOB =
  "SELECT 1 FROM graphile_worker.complete_jobs(ARRAY(SELECT id FROM graphile_worker.jobs WHERE key = $1))";
const ADVANCE = `UPDATE deployment SET last_revision_number = $2, head_revision_id = $3, pending_runtime_version = $4,
  pending_airflow_version = $5, updated_at = $6 WHERE id = $1`;
const LOG = `INSERT INTO log_line (id, deployment_id, workspace_id, release_name, component, message, fields, created_at)
  SELECT id, "deploymentId", "workspaceId", "releaseName", component, message, fields, "createdAt"
  FROM jsonb_to_recordset($1::jsonb) AS line (id uuid, "deploymentId" uuid, "workspaceId" uuid, "releaseName" text, component text,
    message text, fields jsonb, "createdAt" timestamptz(3))`;
const AUDIT = `INSERT INTO audit_line (id, action, actor_id, actor_type, actor_label, object_type, object_id, object_label, workspace_id,
    deployment_id, details, request_id, address, export_state, created_at)
  VALUES ($1, 'deploy_revision.roll_back', 'bare', 'SERVICE_ACCOUNT', 'bare', 'deploy_revision', $2, $3, $4, $5, '{"to": 4998}', $2, '127.0.0.1', 'WAITING', $6)`;
const ADD_JOB = `SELECT 1 FROM graphile_worker.add_job($1, $2::json, queue_name => $3, max_attempts => $4, job_key => $5,
  run_at => now() + $6::int * interval '1 ms')`;

async function all(client: PoolClient, name: string, text: string, values: unknown[]): Promise<Row[]> {
  return (await client.query<Row>({ name, text, values })).rows;
}

async function one(client: PoolClient, name: string, text: string, values: unknown[]): Promise<Row> {
  const [row] = await all(client, name, text, values);
  if (row === undefined) throw new Error(`${name} found nothing`);
  return row;
}

/** As many and as long as those of the product. */
function logLines(deployment: Row, revisions: readonly Row[], at: string): object[] {
  return revisions.map((revision) => ({
    id: uuidv7(),
    deploymentId: deployment["id"],
    workspaceId: deployment["workspace_id"],
    releaseName: deployment["release_name"],
    component: "deploy-rollback",
    message: `Revision ${String(revision["number"])}: bare rolls back from revision 4999 (Runtime 11.5.0) to revision 4998 (Runtime 11.4.0)`,
    fields: {
      ...Object.fromEntries(
        ["id", "number", "trigger", "actor_id", "actor_type", "actor_label"].map((name) => [name, revision[name]]),
      ),
      image: `${String(revision["image_repository"])}:${String(revision["image_tag"])}@${String(revision["image_digest"])}`,
      runtimeVersion: revision["runtime_version"],
      airflowVersion: revision["airflow_version"],
      warnings: ["DATABASE_DOWNGRADE", "SKIPS_DEPLOYS"],
    },
    createdAt: at,
  }));
}

function present(revision: Row): object {
  return {
    id: revision["id"],
    number: revision["number"],
    type: revision["type"],
    status: revision["status"],
    createdBy: { id: revision["actor_id"], type: revision["actor_type"], label: revision["actor_label"] },
    createdAt: revision["created_at"],
    rollbackFromId: revision["rollback_from_id"],
    rolledBackId: revision["rolled_back_id"],
  };
}
