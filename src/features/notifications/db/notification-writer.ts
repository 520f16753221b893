import { storableJson, type NewLogLine } from "../../logs";
import type { Sql } from "../../../infrastructure/postgres/sql";
import { GraphileOutbox } from "../../../infrastructure/jobs/outbox";
import { newId } from "../../../kernel/ids";
import { plusMs } from "../../../kernel/instant";
import { deliverJob, type Line } from "../app/ports";
import { eventOfLine } from "../domain/notification-event";
import { RETRY_FOR_MS } from "../domain/webhook-delivery";

/**
 * Writes the events that the lines tell of, in the transaction that writes the lines: one delivery for each webhook that
 * wants the event.
 */
export async function notifyOfLines(sql: Sql, lines: readonly NewLogLine[]): Promise<void> {
  const events = lines.flatMap((line) => eventOfLine(line, newId()) ?? []);
  if (events.length === 0) return;
  const rows = events.map((event) => ({ event, at: event.at, retryUntil: plusMs(event.at, RETRY_FOR_MS) }));
  const toTell = await sql.query<Line>(INSERT, [storableJson(rows)]);
  const outbox = new GraphileOutbox(sql);
  const jobs = new Map(toTell.map((line) => [`${line.webhookId} ${line.deploymentId}`, deliverJob(line)]));
  for (const job of jobs.values()) await outbox.add(job);
}

const INSERT = `
  WITH happened AS (
    SELECT n, event, at, "retryUntil"
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (event jsonb, at timestamptz(3), "retryUntil" timestamptz(3)))
      WITH ORDINALITY AS one (event, at, "retryUntil", n)
  )
  INSERT INTO webhook_delivery (id, webhook_id, deployment_id, event, status, attempts, created_at, next_attempt_at, retry_until)
  SELECT gen_random_uuid(), w.id, (event->>'deploymentId')::uuid, event, 'PENDING', 0, at, at, "retryUntil"
  FROM happened
  JOIN webhook w ON w.enabled
    AND (w.workspace_id IS NULL OR w.workspace_id = (event->>'workspaceId')::uuid)
    AND event->>'type' = ANY (w.events)
    AND (w.deployment_ids = '{}' OR (event->>'deploymentId')::uuid = ANY (w.deployment_ids))
  ORDER BY n
  RETURNING webhook_id AS "webhookId", deployment_id AS "deploymentId"`;
