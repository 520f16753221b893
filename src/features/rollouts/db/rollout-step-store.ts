import type { Sql } from "../../../infrastructure/postgres/sql";
import type { RolloutStepStore } from "../app/ports";
import type { RolloutStep } from "../domain/rollout-step";

export class RolloutStepsSql implements RolloutStepStore {
  constructor(private readonly sql: Sql) {}

  async begin(revisionId: string): Promise<void> {
    await this.sql.query("DELETE FROM rollout_step WHERE revision_id = $1", [revisionId]);
  }

  async add({ revisionId, position, name, status, startedAt }: RolloutStep): Promise<void> {
    await this.sql.query(
      `INSERT INTO rollout_step (revision_id, position, name, status, started_at)
       SELECT id, $2, $3, $4, $5 FROM deploy_revision WHERE id = $1 AND status = 'INITIALIZED'
       ON CONFLICT (revision_id, position) DO UPDATE
       SET name = EXCLUDED.name, status = EXCLUDED.status, message = NULL, started_at = EXCLUDED.started_at, finished_at = NULL`,
      [revisionId, position, name, status, startedAt],
    );
  }

  async end({ revisionId, position, status, message, startedAt, finishedAt }: RolloutStep): Promise<void> {
    // Matched by its start, so that a worker that was taken for dead does not change the steps of its successor.
    await this.sql.query(
      `UPDATE rollout_step SET status = $4, message = $5, finished_at = $6
       WHERE revision_id = $1 AND position = $2 AND started_at = $3`,
      [revisionId, position, startedAt, status, message, finishedAt],
    );
  }

  async ofRevisions(revisionIds: readonly string[]): Promise<RolloutStep[]> {
    return this.sql.query<RolloutStep>(
      `SELECT revision_id AS "revisionId", position, name, status, message, started_at AS "startedAt", finished_at AS "finishedAt"
       FROM rollout_step WHERE revision_id = ANY($1) ORDER BY revision_id, position`,
      [revisionIds],
    );
  }
}
