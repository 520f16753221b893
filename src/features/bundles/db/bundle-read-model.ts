import type { Sql } from "../../../infrastructure/postgres/sql";
import type { BundleHolder, BundleKey, BundlePair, BundleReadModel, FileCounts } from "../app/ports";
import type { DagBundle } from "../domain/dag-bundle";
import type { BundleFile } from "../domain/manifest";

export const SELECT_BUNDLE = `
  SELECT b.deployment_id AS "deploymentId", b.version, b.archive_sha256 AS sha256, b.created_at AS "createdAt",
    a.size_bytes AS "sizeBytes", a.file_count AS "fileCount"
  FROM dag_bundle b JOIN dag_archive a ON a.sha256 = b.archive_sha256`;

export class BundleReadModelSql implements BundleReadModel {
  constructor(private readonly sql: Sql) {}

  findMany(keys: readonly BundleKey[]): Promise<DagBundle[]> {
    return this.sql.query<DagBundle>(
      `${SELECT_BUNDLE} JOIN unnest($1::uuid[], $2::text[]) AS key (deployment_id, version)
         ON key.deployment_id = b.deployment_id AND key.version = b.version`,
      [keys.map(({ deploymentId }) => deploymentId), keys.map(({ version }) => version)],
    );
  }

  async countChanges(pairs: readonly BundlePair[]): Promise<(FileCounts | null)[]> {
    const rows = await this.sql.query<FileCounts & { readonly place: number }>(
      `SELECT p.place, c.* FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS p (deployment_id, from_version, to_version, place)
       JOIN dag_bundle f ON f.deployment_id = p.deployment_id AND f.version = p.from_version
       JOIN dag_bundle t ON t.deployment_id = p.deployment_id AND t.version = p.to_version
       CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE b.path IS NULL) AS added, count(*) FILTER (WHERE a.path IS NULL) AS removed,
           count(*) FILTER (WHERE a.sha256 <> b.sha256) AS changed
         FROM (SELECT path, sha256 FROM dag_archive_file WHERE archive_sha256 = f.archive_sha256) b
         FULL JOIN (SELECT path, sha256 FROM dag_archive_file WHERE archive_sha256 = t.archive_sha256) a ON a.path = b.path
       ) c`,
      [pairs.map((one) => one.deploymentId), pairs.map((one) => one.fromVersion), pairs.map((one) => one.toVersion)],
    );
    const byPlace = new Map(rows.map(({ place, added, removed, changed }) => [place, { added, removed, changed }]));
    return pairs.map((_, index) => byPlace.get(index + 1) ?? null);
  }

  files(sha256: string): Promise<BundleFile[]> {
    return this.sql.query<BundleFile>(
      `SELECT path, size_bytes AS "sizeBytes", sha256 FROM dag_archive_file WHERE archive_sha256 = $1 ORDER BY path COLLATE "C"`,
      [sha256],
    );
  }

  async file(sha256: string, path: string): Promise<BundleFile | null> {
    const [found] = await this.sql.query<BundleFile>(
      `SELECT path, size_bytes AS "sizeBytes", sha256 FROM dag_archive_file WHERE archive_sha256 = $1 AND path = $2`,
      [sha256, path],
    );
    return found ?? null;
  }

  async known(sha256s: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.sql.query<{ sha256: string }>("SELECT sha256 FROM dag_archive WHERE sha256 = ANY($1)", [
      sha256s,
    ]);
    return new Set(rows.map(({ sha256 }) => sha256));
  }

  archives(after: string, limit: number): Promise<{ sha256: string; sizeBytes: number }[]> {
    return this.sql.query(
      `SELECT sha256, size_bytes AS "sizeBytes" FROM dag_archive WHERE sha256 > $1 ORDER BY sha256 LIMIT $2`,
      [after, limit],
    );
  }

  holdersOf(sha256: string): Promise<BundleHolder[]> {
    return this.sql.query<BundleHolder>(
      `SELECT b.deployment_id AS "deploymentId", d.release_name AS "releaseName", b.version, b.created_at AS "createdAt",
         b.version IS NOT DISTINCT FROM d.dag_tarball_version AS "isCurrent"
       FROM dag_bundle b JOIN deployment d ON d.id = b.deployment_id WHERE b.archive_sha256 = $1 ORDER BY d.release_name, b.version`,
      [sha256],
    );
  }
}
