import { Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../postgres/instant-column";
import type { Instant } from "../../kernel/instant";

/** A process that runs background jobs. All times are by the database's clock. */
@Entity("worker_lease")
export class WorkerLeaseRow {
  @PrimaryColumn("uuid", { primaryKeyConstraintName: "worker_lease_pkey" })
  id: string;

  /** The ids of the workers of the process. */
  @Column("text", { name: "worker_ids", array: true })
  workerIds: string[];

  /** When the lease was last renewed. */
  @InstantColumn({ name: "seen_at" })
  seenAt: Instant;

  /** The process counts as dead after this time, unless it renews the lease. */
  @InstantColumn({ name: "expires_at" })
  expiresAt: Instant;
}

/** When a scheduled job was last queued, so that all processes together queue each job once. */
@Entity("job_schedule")
export class JobScheduleRow {
  @PrimaryColumn("text", { primaryKeyConstraintName: "job_schedule_pkey" })
  task: string;

  @InstantColumn({ name: "last_due_at" })
  lastDueAt: Instant;
}
