import { constraintOf } from "../../../infrastructure/postgres/sql-state";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { Instant } from "../../../kernel/instant";
import { ArchiveNotKept, type BundleRecords, type StoredArchive } from "../app/ports";
import { nextVersion, type DagBundle } from "../domain/dag-bundle";
import { SELECT_BUNDLE } from "./bundle-read-model";

/** Bundles in the transaction of `sql`. */
export class BundleRecordsSql implements BundleRecords {
  constructor(private readonly sql: Sql) {}

  async add({
    deploymentId,
    archive,
    at,
  }: {
    deploymentId: string;
    archive: StoredArchive;
    at: Instant;
  }): Promise<DagBundle> {
    const { sha256, sizeBytes } = archive;
    await this.keep(archive, at);
    const [newest] = await this.sql.query<{ version: string | null }>(
      "SELECT max(version) AS version FROM dag_bundle WHERE deployment_id = $1",
      [deploymentId],
    );
    const version = nextVersion(at, newest?.version ?? null);
    try {
      await this.sql.query(
        "INSERT INTO dag_bundle (deployment_id, version, archive_sha256, created_at) VALUES ($1, $2, $3, $4)",
        [deploymentId, version, sha256, at],
      );
    } catch (error) {
      // It was being cleaned up at this moment.
      if (constraintOf(error) === "dag_bundle_archive_fkey") throw new ArchiveNotKept(sha256, { cause: error });
      throw error;
    }
    return { deploymentId, version, sha256, sizeBytes, fileCount: archive.files.length, createdAt: at };
  }

  async find(deploymentId: string, version: string): Promise<DagBundle | null> {
    const [found] = await this.sql.query<DagBundle>(`${SELECT_BUNDLE} WHERE b.deployment_id = $1 AND b.version = $2`, [
      deploymentId,
      version,
    ]);
    return found ?? null;
  }

  async keptBytes(deploymentId: string, besides: string): Promise<number> {
    const [row] = await this.sql.query<{ bytes: number }>(
      `SELECT coalesce(sum(size_bytes), 0)::float8 AS bytes FROM dag_archive
       WHERE sha256 <> $2 AND sha256 IN (SELECT archive_sha256 FROM dag_bundle WHERE deployment_id = $1)`,
      [deploymentId, besides],
    );
    return row?.bytes ?? 0;
  }

  /** Deletes the note that the bytes may go, and writes the manifest if the archive is new. */
  private async keep({ sha256, sizeBytes, files }: StoredArchive, at: Instant): Promise<void> {
    const [{ noted } = { noted: 0 }] = await this.sql.query<{ noted: number }>(
      "WITH gone AS (DELETE FROM dag_archive_removal WHERE sha256 = $1 RETURNING 1) SELECT count(*) AS noted FROM gone",
      [sha256],
    );
    const [{ added } = { added: 0 }] = await this.sql.query<{ added: number }>(
      `WITH added AS (
         INSERT INTO dag_archive (sha256, size_bytes, file_count, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING 1
       ) SELECT count(*) AS added FROM added`,
      [sha256, sizeBytes, files.length, at],
    );
    if (added === 0) return;
    if (noted === 0) throw new ArchiveNotKept(sha256);
    await this.sql.query(
      `INSERT INTO dag_archive_file (archive_sha256, path, size_bytes, sha256)
       SELECT $1, path, size_bytes, sha256 FROM unnest($2::text[], $3::bigint[], $4::text[]) AS file (path, size_bytes, sha256)`,
      [sha256, files.map(({ path }) => path), files.map((file) => file.sizeBytes), files.map((file) => file.sha256)],
    );
  }
}
