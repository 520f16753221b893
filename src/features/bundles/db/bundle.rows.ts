import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";

/** Postgres writes a bigint as text; every size here is below 2^53. */
const asNumber = { from: (value: string | number): number => Number(value), to: (value: number): number => value };

/** An archive of uploaded files, stored once however many Deployments and versions name it. */
@Entity("dag_archive")
export class DagArchiveRow {
  /** Of the archive's bytes; the store keeps them under it. */
  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "dag_archive_pkey" })
  sha256: string;

  @Column({ type: "bigint", name: "size_bytes", transformer: asNumber })
  sizeBytes: number;

  @Column({ type: "integer", name: "file_count" })
  fileCount: number;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}

@Entity("dag_archive_file")
export class DagArchiveFileRow {
  @PrimaryColumn({ type: "text", name: "archive_sha256", primaryKeyConstraintName: "dag_archive_file_pkey" })
  archiveSha256: string;

  @ManyToOne(() => DagArchiveRow, { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "archive_sha256", foreignKeyConstraintName: "dag_archive_file_archive_fkey" })
  archive?: DagArchiveRow;

  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "dag_archive_file_pkey" })
  path: string;

  @Column({ type: "bigint", name: "size_bytes", transformer: asNumber })
  sizeBytes: number;

  @Column({ type: "text" })
  sha256: string;
}

/**
 * Stored bytes that may go once they are due, unless an archive's row says that they are needed. Written before
 * an upload is stored and taken back with the row that needs it, so that nothing interrupted leaves bytes behind.
 */
@Entity("dag_archive_removal")
@Index("dag_archive_removal_due", ["dueAt"])
export class DagArchiveRemovalRow {
  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "dag_archive_removal_pkey" })
  sha256: string;

  @InstantColumn({ name: "due_at" })
  dueAt: Instant;
}

/** One upload to one Deployment. */
@Entity("dag_bundle")
@Index("dag_bundle_archive", ["archiveSha256"])
export class DagBundleRow {
  @PrimaryColumn({ type: "uuid", name: "deployment_id", primaryKeyConstraintName: "dag_bundle_pkey" })
  deploymentId: string;

  @ManyToOne("DeploymentRow", { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "deployment_id", foreignKeyConstraintName: "dag_bundle_deployment_fkey" })
  deployment?: object;

  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "dag_bundle_pkey" })
  version: string;

  @Column({ type: "text", name: "archive_sha256" })
  archiveSha256: string;

  @ManyToOne(() => DagArchiveRow, { nullable: false })
  @JoinColumn({ name: "archive_sha256", foreignKeyConstraintName: "dag_bundle_archive_fkey" })
  archive?: DagArchiveRow;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}
