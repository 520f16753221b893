import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type {
  Components,
  DagDeploymentSettings,
  DagDeploymentType,
  Deployment,
  EnvironmentVariable,
  Executor,
  JsonObject,
} from "../domain/deployment";

@Entity("deployment")
@Unique("deployment_release_name_key", ["releaseName"])
@Index("deployment_namespace_key", ["namespace"], { unique: true, where: "NOT shares_namespace" })
@Index("deployment_workspace", ["workspaceId", "label", "id"])
@Index("deployment_head_revision", ["headRevisionId"], { unique: true })
@Index("deployment_current_revision", ["currentRevisionId"], { unique: true })
@Index("deployment_deleted", ["deletedAt"], { where: "deleted_at IS NOT NULL" })
export class DeploymentRow implements Deployment {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "deployment_pkey" })
  id: string;

  @Column({ type: "uuid", name: "workspace_id" })
  workspaceId: string;

  @ManyToOne("WorkspaceRow", { onDelete: "RESTRICT", nullable: false })
  @JoinColumn({ name: "workspace_id", foreignKeyConstraintName: "deployment_workspace_fkey" })
  workspace?: object;

  @Column({ type: "text" })
  label: string;

  @Column({ type: "text", nullable: true })
  description: string | null;

  @Column({ type: "text", name: "release_name" })
  releaseName: string;

  @Column({ type: "text" })
  namespace: string;

  /** Written by an older version, which could give one namespace to several Deployments. */
  @Column({ type: "boolean", name: "shares_namespace", default: false })
  sharesNamespace: boolean;

  @Column({ type: "text", name: "chart_version" })
  chartVersion: string;

  @Column({ type: "text" })
  executor: Executor;

  @Column({ type: "text", name: "runtime_version", nullable: true })
  runtimeVersion: string | null;

  @Column({ type: "text", name: "airflow_version", nullable: true })
  airflowVersion: string | null;

  @Column({ type: "text", name: "pending_runtime_version", nullable: true })
  pendingRuntimeVersion: string | null;

  @Column({ type: "text", name: "pending_airflow_version", nullable: true })
  pendingAirflowVersion: string | null;

  @Column({ type: "text", name: "dag_deployment_type" })
  dagDeploymentType: DagDeploymentType;

  @Column({ type: "text", name: "dag_tarball_version", nullable: true })
  dagTarballVersion: string | null;

  @Column({ type: "jsonb", name: "dag_deployment" })
  dagDeployment: DagDeploymentSettings;

  @Column({ type: "jsonb" })
  components: Components;

  @Column({ type: "jsonb", name: "environment_variables" })
  environmentVariables: readonly EnvironmentVariable[];

  @Column({ type: "jsonb" })
  config: JsonObject;

  @Column({ type: "jsonb" })
  properties: JsonObject;

  @Column({ type: "text", name: "cloud_role", nullable: true })
  cloudRole: string | null;

  @Column({ type: "jsonb", name: "docker_config_json", nullable: true })
  dockerConfigJson: JsonObject | null;

  @Column({ type: "boolean", name: "rollback_enabled" })
  rollbackEnabled: boolean;

  @Column({ type: "integer", name: "last_revision_number" })
  lastRevisionNumber: number;

  @Column({ type: "uuid", name: "head_revision_id", nullable: true })
  headRevisionId: string | null;

  @ManyToOne("DeployRevisionRow")
  @JoinColumn({ name: "head_revision_id", foreignKeyConstraintName: "deployment_head_revision_fkey" })
  headRevision?: object;

  @Column({ type: "uuid", name: "current_revision_id", nullable: true })
  currentRevisionId: string | null;

  @ManyToOne("DeployRevisionRow")
  @JoinColumn({ name: "current_revision_id", foreignKeyConstraintName: "deployment_current_revision_fkey" })
  currentRevision?: object;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;

  /** When the Deployment was deleted. It is invisible from then on, and removed some days later. */
  @InstantColumn({ name: "deleted_at", nullable: true })
  deletedAt: Instant | null;
}
