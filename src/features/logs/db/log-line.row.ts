import { Column, Entity, Index, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { LogLine } from "../domain/log-line";

/**
 * Lines on their way to Elasticsearch, or, without one, the log itself. There is no foreign key to the Deployment, so
 * that its last lines outlive a hard delete until they are exported.
 */
@Entity("log_line")
@Index("log_line_waiting", ["id"], { where: "rejected_at IS NULL" })
@Index("log_line_deployment", ["deploymentId", "createdAt", "id"])
@Index("log_line_created_at", ["createdAt"])
export class LogLineRow implements LogLine {
  @PrimaryColumn("uuid", { primaryKeyConstraintName: "log_line_pkey" })
  id: string;

  @Column("uuid", { name: "deployment_id" })
  deploymentId: string;

  @Column("uuid", { name: "workspace_id" })
  workspaceId: string;

  @Column("text", { name: "release_name" })
  releaseName: string;

  @Column("text")
  component: string;

  @Column("text")
  message: string;

  @Column("jsonb")
  fields: Record<string, unknown>;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  /** Since when Elasticsearch refuses the line, each time that it is sent. */
  @InstantColumn({ name: "refused_since", nullable: true })
  refusedSince: Instant | null;

  /** When a refused line is sent again. */
  @InstantColumn({ name: "retry_at", nullable: true })
  retryAt: Instant | null;

  /** When Elasticsearch had refused the line for a day: it is not sent again. */
  @InstantColumn({ name: "rejected_at", nullable: true })
  rejectedAt: Instant | null;

  /** Why Elasticsearch refused the line the last time. */
  @Column("text", { name: "rejected_reason", nullable: true })
  rejectedReason: string | null;
}
