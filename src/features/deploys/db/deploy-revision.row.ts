import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { ActorType } from "../../../kernel/permissions";
import type { DagDeploymentType } from "../../deployments";
import type { DeployRevision, DeployStatus, DeployTrigger, DeployType } from "../domain/deploy-revision";

@Entity("deploy_revision")
@Unique("deploy_revision_deployment_number_key", ["deploymentId", "number"])
@Check("deploy_revision_number_check", "number > 0")
@Index("deploy_revision_created_at", ["createdAt"])
@Index("deploy_revision_bundle", ["deploymentId", "dagTarballVersion"], { where: "dag_tarball_version IS NOT NULL" })
@Index("deploy_revision_unfinished", ["deploymentId"], { where: "status = 'INITIALIZED'" })
@Index("deploy_revision_rollbacks", ["deploymentId", "number"], { where: "trigger = 'ROLLBACK'" })
export class DeployRevisionRow implements DeployRevision {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "deploy_revision_pkey" })
  id: string;

  @Column({ type: "uuid", name: "deployment_id" })
  deploymentId: string;

  @ManyToOne("DeploymentRow", { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "deployment_id", foreignKeyConstraintName: "deploy_revision_deployment_fkey" })
  deployment?: object;

  @Column({ type: "integer" })
  number: number;

  @Column({ type: "text" })
  type: DeployType;

  @Column({ type: "text" })
  status: DeployStatus;

  @Column({ type: "text", name: "status_reason", nullable: true })
  statusReason: string | null;

  @Column({ type: "text" })
  trigger: DeployTrigger;

  @Column({ type: "text", nullable: true })
  description: string | null;

  @Column({ type: "text", name: "image_repository", nullable: true })
  imageRepository: string | null;

  @Column({ type: "text", name: "image_tag", nullable: true })
  imageTag: string | null;

  @Column({ type: "text", name: "image_digest", nullable: true })
  imageDigest: string | null;

  @Column({ type: "text", name: "runtime_version", nullable: true })
  runtimeVersion: string | null;

  @Column({ type: "text", name: "airflow_version", nullable: true })
  airflowVersion: string | null;

  @Column({ type: "text", name: "dag_deployment_type" })
  dagDeploymentType: DagDeploymentType;

  @Column({ type: "text", name: "dag_tarball_version", nullable: true })
  dagTarballVersion: string | null;

  /** Checked at the end of a transaction, so that a Deployment's lines and bundles can be deleted in any order. */
  @ManyToOne("DagBundleRow", { deferrable: "INITIALLY DEFERRED", nullable: true })
  @JoinColumn([
    {
      name: "deployment_id",
      referencedColumnName: "deploymentId",
      foreignKeyConstraintName: "deploy_revision_bundle_fkey",
    },
    {
      name: "dag_tarball_version",
      referencedColumnName: "version",
      foreignKeyConstraintName: "deploy_revision_bundle_fkey",
    },
  ])
  bundle?: object;

  @Column({ type: "text", name: "source_commit", nullable: true })
  sourceCommit: string | null;

  @Column({ type: "text", name: "source_branch", nullable: true })
  sourceBranch: string | null;

  @Column({ type: "text", name: "source_url", nullable: true })
  sourceUrl: string | null;

  @Column({ type: "text", name: "source_author", nullable: true })
  sourceAuthor: string | null;

  /** The actor's name at that time, as plain text, so that the account can be removed. */
  @Column({ type: "text", name: "actor_id" })
  actorId: string;

  @Column({ type: "text", name: "actor_type" })
  actorType: ActorType;

  @Column({ type: "text", name: "actor_label" })
  actorLabel: string;

  /** Plain ids, so that they survive the clean-up of what they name. */
  @Column({ type: "uuid", name: "rollback_from_id", nullable: true })
  rollbackFromId: string | null;

  @Column({ type: "uuid", name: "rolled_back_id", nullable: true })
  rolledBackId: string | null;

  @Column({ type: "uuid", name: "origin_id" })
  originId: string;

  @Column({ type: "integer", name: "rollout_failures" })
  rolloutFailures: number;

  @InstantColumn({ name: "outage_since", nullable: true })
  outageSince: Instant | null;

  @Column({ type: "boolean" })
  pinned: boolean;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;

  @InstantColumn({ name: "finished_at", nullable: true })
  finishedAt: Instant | null;
}

@Entity("idempotency_key")
@Index("idempotency_key_revision", ["revisionId"])
@Index("idempotency_key_expires_at", ["expiresAt"])
export class IdempotencyKeyRow {
  @PrimaryColumn({ type: "text", name: "actor_id", primaryKeyConstraintName: "idempotency_key_pkey" })
  actorId: string;

  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "idempotency_key_pkey" })
  key: string;

  @Column({ type: "text", name: "input_hash" })
  inputHash: string;

  @Column({ type: "uuid", name: "revision_id" })
  revisionId: string;

  @ManyToOne(() => DeployRevisionRow, { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "revision_id", foreignKeyConstraintName: "idempotency_key_revision_fkey" })
  revision?: DeployRevisionRow;

  @InstantColumn({ name: "expires_at" })
  expiresAt: Instant;
}
