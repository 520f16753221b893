import { createHash, randomBytes } from "node:crypto";
import type { Client } from "pg";
import { ARCHIVE_BYTES, ARCHIVE_SHA256 } from "./archive";
import { RETENTION_DAYS } from "./product";

export const DEPLOYMENTS = 200;
const WORKSPACES = 10;

export interface SeededDeployment {
  readonly id: string;
  /** API key of a service account that is DEPLOYMENT_EDITOR here and nothing elsewhere: what a CI job holds. */
  readonly apiKey: string;
}

export interface Seed {
  /** The 200; the older half of each one's history is out of reach and due for clean-up. */
  readonly deployments: readonly SeededDeployment[];
  /** One more, with a history as long as all others' together. */
  readonly deep: SeededDeployment;
  readonly revisionsEach: number;
  readonly revisionsDeep: number;
}

/** Written so that pgbench can make one up from a number. */
export const deploymentIdSql = (number: string): string =>
  `('00000000-0000-7000-8000-' || lpad(${number}::text, 12, '0'))::uuid`;
const deploymentIdOf = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
const DEEP = DEPLOYMENTS + 1;

/**
 * Rows as the product would have left them. The 200 histories are written interleaved, in the order of
 * time, so that the lines of one page lie scattered over the table as they do in life.
 */
export async function seed(client: Client, scale: number): Promise<Seed> {
  const revisionsEach = Math.max(100, Math.round(5_000 * scale));
  const revisionsDeep = revisionsEach * DEPLOYMENTS;
  await client.query(FUNCTIONS);
  await client.query(PLACES, [WORKSPACES, DEEP]);
  await client.query(
    "ALTER TABLE deploy_revision DROP CONSTRAINT deploy_revision_deployment_fkey, DROP CONSTRAINT deploy_revision_bundle_fkey",
  );
  await client.query(revisions({ number: `i / ${DEPLOYMENTS} + 1`, deployment: `i % ${DEPLOYMENTS} + 1` }), [
    revisionsEach,
    DEPLOYMENTS * revisionsEach,
    0.5,
  ]);
  await client.query(revisions({ number: "i + 1", deployment: String(DEEP) }), [revisionsDeep, revisionsDeep, 0]);
  await client.query("INSERT INTO dag_archive (sha256, size_bytes, file_count, created_at) VALUES ($1, $2, 0, now())", [
    ARCHIVE_SHA256,
    ARCHIVE_BYTES,
  ]);
  await client.query(BUNDLES, [ARCHIVE_SHA256]);
  await client.query(`ALTER TABLE deploy_revision
    ADD CONSTRAINT deploy_revision_deployment_fkey FOREIGN KEY (deployment_id) REFERENCES deployment ON DELETE CASCADE,
    ADD CONSTRAINT deploy_revision_bundle_fkey FOREIGN KEY (deployment_id, dag_tarball_version)
      REFERENCES dag_bundle (deployment_id, version) DEFERRABLE INITIALLY DEFERRED`);
  await client.query(HEADS);
  const deployments = await serviceAccounts(client);
  const deep = deployments.pop();
  if (deep === undefined) throw new Error("nothing was seeded");
  await client.query("VACUUM (ANALYZE)");
  await client.query("CHECKPOINT");
  return { deployments, deep, revisionsEach, revisionsDeep };
}

const FUNCTIONS = `
  CREATE FUNCTION pg_temp.pick(anything text[], by integer) RETURNS text IMMUTABLE LANGUAGE sql
    AS 'SELECT anything[by % array_length(anything, 1) + 1]';
  -- The share of the history that is out of reach, then the rest up to an hour ago.
  CREATE FUNCTION pg_temp.revision_at(n integer, total integer, old_share float8) RETURNS timestamptz(3) STABLE LANGUAGE sql
    AS 'SELECT now() - interval ''1 hour'' - interval ''1 day'' * CASE
          WHEN n <= total * old_share THEN ${RETENTION_DAYS} + 5 + 300 * (1 - n / (total * old_share))
          ELSE (${RETENTION_DAYS} - 5) * (1 - (n - total * old_share) / (total * (1 - old_share))) END';
  -- Version 7, from the time and a digest instead of chance.
  CREATE FUNCTION pg_temp.revision_id(d integer, n integer, at timestamptz) RETURNS uuid STABLE LANGUAGE sql
    AS 'SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, ''0'') || ''7'' || left(md5(d || '':'' || n), 3)
          || ''8'' || right(md5(d || '':'' || n), 15))::uuid';
`;

const PLACES = `
  WITH places AS (
    INSERT INTO workspace (id, label, description, created_at, updated_at)
    SELECT ${deploymentIdSql("(900000 + w)")}, 'Team ' || w, 'Data engineering', now() - interval '500 days', now()
    FROM generate_series(1, $1::integer) w RETURNING id, label
  )
  INSERT INTO deployment (id, workspace_id, label, description, release_name, namespace, chart_version, executor, runtime_version,
    dag_deployment_type, dag_deployment, components, environment_variables, config, properties, rollback_enabled,
    last_revision_number, created_at, updated_at)
  SELECT ${deploymentIdSql("d")}, (SELECT id FROM places WHERE label = 'Team ' || (d % $1 + 1)), 'Pipelines ' || d, 'Loads what team ' || d || ' needs',
    'stellar-orbit-' || (1000 + d), 'airflow-stellar-orbit-' || (1000 + d), '1.15.0', 'CeleryExecutor', '11.5.0',
    CASE WHEN d % 2 = 0 THEN 'image' ELSE 'dag_deploy' END, '{}', '{"workers": {"replicas": 3}, "scheduler": {"replicas": 2}}',
    '[{"key": "AIRFLOW__CORE__PARALLELISM", "value": "32", "isSecret": false}]', '{}', '{}', true, 0, now() - interval '450 days', now()
  FROM generate_series(1, $2::integer) d`;

/** $1 revisions of each Deployment, $2 rows in all, $3 the share that is out of reach. */
const revisions = ({ number, deployment }: { number: string; deployment: string }): string => `
  INSERT INTO deploy_revision (id, deployment_id, number, type, status, status_reason, trigger, description, image_repository, image_tag,
    image_digest, runtime_version, airflow_version, dag_deployment_type, dag_tarball_version, actor_id, actor_type, actor_label,
    rollback_from_id, rolled_back_id, origin_id, rollout_failures, pinned, created_at, updated_at, finished_at)
  SELECT id, ${deploymentIdSql("d")}, n, CASE WHEN d % 2 = 0 THEN 'IMAGE_AND_DAG' ELSE 'IMAGE_ONLY' END, status,
    CASE status WHEN 'FAILED' THEN 'The scheduler did not become ready within 600 s' WHEN 'SUPERSEDED' THEN 'Superseded by revision ' || n + 1 END,
    CASE WHEN is_rollback THEN 'ROLLBACK' ELSE pg_temp.pick('{IMAGE_ENDPOINT,UPSERT,REGISTRY_PUSH}', n) END,
    CASE WHEN is_rollback THEN 'Orders are counted twice since #' || n - 2 ELSE 'Merge pull request #' || n || pg_temp.pick('{": load orders hourly",": retry flaky sensors",": pin pandas",": new revenue model"}', n) END,
    'registry.example.com/stellar-orbit-' || (1000 + d) || '/airflow', 'deploy-' || n,
    'sha256:' || encode(sha256((d || ':' || n)::bytea), 'hex'), pg_temp.pick('{11.3.0,11.4.0,11.5.0}', n / 50), '2.9.1',
    CASE WHEN d % 2 = 0 THEN 'image' ELSE 'dag_deploy' END, CASE WHEN d % 2 = 1 THEN to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END,
    md5((n % 7)::text), CASE WHEN n % 7 < 4 THEN 'SERVICE_ACCOUNT' ELSE 'USER' END,
    pg_temp.pick('{github-actions,gitlab-ci,jenkins,argo,Ada Marsh,Jun Park,Noor Haddad}', n % 7),
    CASE WHEN is_rollback THEN pg_temp.revision_id(d, n - 3, pg_temp.revision_at(n - 3, $1, $3)) END,
    CASE WHEN is_rollback THEN pg_temp.revision_id(d, n - 1, pg_temp.revision_at(n - 1, $1, $3)) END,
    id, CASE status WHEN 'FAILED' THEN 3 ELSE 0 END, false, at, at + interval '40 s', at + interval '40 s'
  FROM (SELECT ${number} AS n, ${deployment} AS d FROM generate_series(0, $2::integer - 1) i) numbered,
    LATERAL (SELECT pg_temp.revision_at(n, $1, $3) AS at) timed,
    LATERAL (SELECT pg_temp.revision_id(d, n, at) AS id, n > 3 AND n % 10 = 7 AS is_rollback,
      CASE WHEN n = $1 OR n * 7 % 100 < 60 THEN 'DEPLOYED' WHEN n * 7 % 100 < 80 THEN 'SUPERSEDED' ELSE 'FAILED' END AS status) told`;

const BUNDLES = `
  INSERT INTO dag_bundle (deployment_id, version, archive_sha256, created_at)
  SELECT deployment_id, dag_tarball_version, $1, created_at FROM deploy_revision WHERE dag_tarball_version IS NOT NULL`;

const HEADS = `
  UPDATE deployment d SET last_revision_number = r.number, head_revision_id = r.id, current_revision_id = r.id, runtime_version = r.runtime_version,
    dag_tarball_version = r.dag_tarball_version
  FROM (SELECT DISTINCT ON (deployment_id) id, deployment_id, number, runtime_version, dag_tarball_version FROM deploy_revision ORDER BY deployment_id, number DESC) r
  WHERE r.deployment_id = d.id`;

/** One per Deployment, in their order. */
async function serviceAccounts(client: Client): Promise<SeededDeployment[]> {
  const accounts = Array.from({ length: DEEP }, (_, at) => ({
    id: deploymentIdOf(at + 1),
    apiKey: randomBytes(16).toString("hex"),
  }));
  await client.query(
    `WITH account AS (
       INSERT INTO service_account (id, label, api_key_hash, api_key_start, deployment_id, active, created_at, updated_at)
       SELECT gen_random_uuid(), 'github-actions', hash, 'abcd', deployment, true, now(), now()
       FROM unnest($1::uuid[], $2::text[]) AS given (deployment, hash)
       RETURNING id, deployment_id
     )
     INSERT INTO role_binding (id, role, service_account_id, deployment_id, created_at)
     SELECT gen_random_uuid(), 'DEPLOYMENT_EDITOR', id, deployment_id, now() FROM account`,
    [accounts.map(({ id }) => id), accounts.map(({ apiKey }) => createHash("sha256").update(apiKey).digest("hex"))],
  );
  return accounts;
}
