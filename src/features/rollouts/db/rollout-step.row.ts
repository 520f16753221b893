import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { RolloutStep, StepStatus } from "../domain/rollout-step";

@Entity("rollout_step")
export class RolloutStepRow implements RolloutStep {
  @PrimaryColumn({ type: "uuid", name: "revision_id", primaryKeyConstraintName: "rollout_step_pkey" })
  revisionId: string;

  @ManyToOne("DeployRevisionRow", { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "revision_id", foreignKeyConstraintName: "rollout_step_revision_fkey" })
  revision?: object;

  @PrimaryColumn({ type: "smallint", primaryKeyConstraintName: "rollout_step_pkey" })
  position: number;

  @Column({ type: "text" })
  name: string;

  @Column({ type: "text" })
  status: StepStatus;

  @Column({ type: "text", nullable: true })
  message: string | null;

  @InstantColumn({ name: "started_at" })
  startedAt: Instant;

  @InstantColumn({ name: "finished_at", nullable: true })
  finishedAt: Instant | null;
}
