import type { DataSource } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import { RowStatements } from "../../../infrastructure/postgres/row-statements";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { DeployActor, HistoryOverviewModel } from "../app/history-overview";
import type { RevisionFilter, RevisionView } from "../app/ports";
import type { ActivityCounts, TimeSpan } from "../domain/activity";
import { DeployRevisionRow } from "./deploy-revision.row";
import { filterConditions } from "./revision-filter";

const USUAL_OF = 10;

export class HistoryOverviewSql implements HistoryOverviewModel {
  private readonly sql: Sql;
  private readonly columns: string;

  constructor(dataSource: DataSource) {
    this.sql = sqlOf(dataSource);
    this.columns = new RowStatements(dataSource, DeployRevisionRow).select("o");
  }

  activity(
    deploymentId: string,
    { from, to, widthMs }: TimeSpan,
    filter: RevisionFilter,
  ): Promise<(ActivityCounts & { bucket: number })[]> {
    const parameters: unknown[] = [deploymentId, from, to, widthMs];
    const conditions = ["r.deployment_id = $1", "r.created_at >= $2", "r.created_at < $3"];
    conditions.push(...filterConditions(filter, parameters));
    const counted = (condition: string, name: string): string => `count(*) FILTER (WHERE ${condition}) AS ${name}`;
    return this.sql.query(
      `SELECT floor(extract(epoch FROM r.created_at - $2::timestamptz) * 1000 / $4::numeric)::integer AS bucket,
         ${counted("r.status = 'DEPLOYED'", "deployed")}, ${counted("r.status = 'FAILED'", "failed")},
         ${counted("r.status = 'SUPERSEDED'", "superseded")}, ${counted("r.status = 'INITIALIZED'", "unfinished")},
         ${counted("r.trigger = 'ROLLBACK'", "rollbacks")}
       FROM deploy_revision r WHERE ${conditions.join(" AND ")} GROUP BY 1`,
      parameters,
    );
  }

  actors(deploymentId: string, limit: number): Promise<DeployActor[]> {
    return this.sql.query(
      `SELECT actor_id AS "actorId", actor_type AS "actorType", (array_agg(actor_label ORDER BY number DESC))[1] AS "actorLabel",
         count(*) AS count, max(created_at) AS "lastAt"
       FROM deploy_revision WHERE deployment_id = $1 GROUP BY actor_id, actor_type ORDER BY max(number) DESC LIMIT $2`,
      [deploymentId, limit],
    );
  }

  usualSeconds(deploymentIds: readonly string[]): Promise<{ id: string; seconds: number }[]> {
    return this.sql.query(
      `SELECT d.id, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.seconds))::integer AS seconds
       FROM unnest($1::uuid[]) AS d (id) CROSS JOIN LATERAL (
         SELECT extract(epoch FROM finished_at - created_at)::float8 AS seconds FROM deploy_revision
         WHERE deployment_id = d.id AND status = 'DEPLOYED' ORDER BY number DESC LIMIT ${USUAL_OF}
       ) r GROUP BY d.id`,
      [deploymentIds],
    );
  }

  previous(ids: readonly string[]): Promise<(RevisionView & { forId: string })[]> {
    return this.other(ids, `o.number < r.number AND o.status = 'DEPLOYED' ORDER BY o.number DESC`);
  }

  leftBehindBy(ids: readonly string[]): Promise<(RevisionView & { forId: string })[]> {
    // A target that was cleaned up was older than all that is left.
    return this.other(
      ids,
      `r.status = 'DEPLOYED' AND o.number > r.number AND o.trigger = 'ROLLBACK' AND o.status = 'DEPLOYED'
         AND coalesce((SELECT t.number FROM deploy_revision t WHERE t.id = o.rollback_from_id), 0) < r.number
       ORDER BY o.number`,
    );
  }

  private other(ids: readonly string[], which: string): Promise<(RevisionView & { forId: string })[]> {
    return this.sql.query(
      `SELECT f.*, r.id AS "forId", f.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent"
       FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id AND d.deleted_at IS NULL
       CROSS JOIN LATERAL (
         SELECT ${this.columns} FROM deploy_revision o WHERE o.deployment_id = r.deployment_id AND ${which} LIMIT 1
       ) f WHERE r.id = ANY($1)`,
      [ids],
    );
  }
}
