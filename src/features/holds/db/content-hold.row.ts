import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { ActorType } from "../../../kernel/permissions";
import type { Hold } from "../domain/hold";

@Entity("content_hold")
@Index("content_hold_deployment", ["deploymentId"])
export class ContentHoldRow implements Hold {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "content_hold_pkey" })
  id: string;

  @Column({ type: "uuid", name: "deployment_id" })
  deploymentId: string;

  @ManyToOne("DeploymentRow", { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "deployment_id", foreignKeyConstraintName: "content_hold_deployment_fkey" })
  deployment?: object;

  /** Plain ids, so that a hold outlives the clean-up of what they name. */
  @Column({ type: "uuid", name: "revision_id" })
  revisionId: string;

  @Column({ type: "integer", name: "revision_number" })
  revisionNumber: number;

  @Column({ type: "uuid", name: "rollback_id", nullable: true })
  rollbackId: string | null;

  @Column({ type: "text", name: "image_repository", nullable: true })
  imageRepository: string | null;

  @Column({ type: "text", name: "image_tag", nullable: true })
  imageTag: string | null;

  @Column({ type: "text", name: "image_digest", nullable: true })
  imageDigest: string | null;

  @Column({ type: "text", name: "dag_bundle_sha256", nullable: true })
  dagBundleSha256: string | null;

  @Column({ type: "text" })
  reason: string;

  @Column({ type: "text", name: "actor_id" })
  actorId: string;

  @Column({ type: "text", name: "actor_type" })
  actorType: ActorType;

  @Column({ type: "text", name: "actor_label" })
  actorLabel: string;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}
