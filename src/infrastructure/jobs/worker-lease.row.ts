import { Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../postgres/instant-column";
import type { Instant } from "../../kernel/instant";

/** A process that runs background jobs. All times are by the database's clock. */
@Entity("worker_lease")
export class WorkerLeaseRow {
  @PrimaryColumn("uuid", { primaryKeyConstraintName: "worker_lease_pkey" })
  id: string;

  /** The names under which it takes jobs. */
  @Column("text", { name: "worker_ids", array: true })
  workerIds: string[];

  /** The last sign of life. */
  @InstantColumn({ name: "seen_at" })
  seenAt: Instant;

  /** Without another sign of life until then the process counts as dead. */
  @InstantColumn({ name: "expires_at" })
  expiresAt: Instant;
}

/** When a scheduled job was last queued, so that each is queued once however many processes there are. */
@Entity("job_schedule")
export class JobScheduleRow {
  @PrimaryColumn("text", { primaryKeyConstraintName: "job_schedule_pkey" })
  task: string;

  @InstantColumn({ name: "last_due_at" })
  lastDueAt: Instant;
}
