import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { PushOutcome, RegistryPush } from "../domain/registry-push";

@Entity("registry_push")
@Unique("registry_push_event_key", ["eventId"])
@Index("registry_push_deployment", ["deploymentId", "id"])
@Index("registry_push_received_at", ["receivedAt"])
@Check("registry_push_outcome_check", "outcome IN ('RECORDED', 'IGNORED')")
export class RegistryPushRow implements RegistryPush {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "registry_push_pkey" })
  id: string;

  @Column({ type: "text", name: "event_id" })
  eventId: string;

  @Column({ type: "uuid", name: "deployment_id" })
  deploymentId: string;

  @ManyToOne("DeploymentRow", { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "deployment_id", foreignKeyConstraintName: "registry_push_deployment_fkey" })
  deployment?: object;

  @Column({ type: "text" })
  tag: string;

  @Column({ type: "text" })
  digest: string;

  @Column({ type: "text", name: "actor_name" })
  actorName: string;

  @Column({ type: "text", name: "request_id" })
  requestId: string;

  @Column({ type: "text" })
  address: string;

  @InstantColumn({ name: "received_at" })
  receivedAt: Instant;

  @Column({ type: "text", nullable: true })
  outcome: PushOutcome | null;
}
