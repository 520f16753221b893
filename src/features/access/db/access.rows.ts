import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { Email, RoleBinding, ServiceAccount, Team, User } from "../domain/accounts";
import type { Role } from "../domain/roles";

/** `DERIVED`: the key from which secrets for single purposes are derived. */
export type SigningKeyPurpose = "SESSIONS" | "REGISTRY" | "DERIVED";

@Entity("signing_key")
export class SigningKeyRow {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "signing_key_pkey" })
  id: string;

  @Column({ type: "text", default: "SESSIONS" })
  purpose: SigningKeyPurpose;

  /** Sealed; in plain text only until the next start after an update from a version that did not seal it. */
  @Column({ type: "text", name: "private_key_pem" })
  privateKeyPem: string;

  @Column({ type: "text", name: "certificate_pem", nullable: true })
  certificatePem: string | null;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}

@Entity("app_user")
@Unique("app_user_username_key", ["username"])
@Check("app_user_status_check", "status IN ('active', 'pending')")
export class UserRow implements User {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "app_user_pkey" })
  id: string;

  @Column({ type: "text" })
  username: string;

  @Column({ type: "text", name: "full_name", nullable: true })
  fullName: string | null;

  @Column({ type: "text", name: "password_hash", nullable: true })
  passwordHash: string | null;

  @Column({ type: "text" })
  status: "active" | "pending";

  /** Sessions that began before this have ended. */
  @InstantColumn({ name: "sessions_from", nullable: true })
  sessionsFrom: Instant | null;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;
}

@Entity("email")
@Index("email_user", ["userId"])
export class EmailRow implements Email {
  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "email_pkey" })
  address: string;

  @Column({ type: "uuid", name: "user_id" })
  userId: string;

  @ManyToOne(() => UserRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "email_user_fkey" })
  user?: UserRow;

  @Column({ type: "boolean" })
  verified: boolean;

  @Column({ type: "boolean" })
  primary: boolean;

  @InstantColumn({ name: "proven_at", nullable: true })
  provenAt: Instant | null;
}

@Entity("invitation")
@Unique("invitation_token_hash_key", ["tokenHash"])
export class InvitationRow {
  @PrimaryColumn({ type: "uuid", name: "user_id", primaryKeyConstraintName: "invitation_pkey" })
  userId: string;

  @ManyToOne(() => UserRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "invitation_user_fkey" })
  user?: UserRow;

  @Column({ type: "text", name: "token_hash" })
  tokenHash: string;

  @InstantColumn({ name: "expires_at" })
  expiresAt: Instant;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}

@Entity("service_account")
@Unique("service_account_api_key_hash_key", ["apiKeyHash"])
@Index("service_account_workspace", ["workspaceId"])
@Index("service_account_deployment", ["deploymentId"])
export class ServiceAccountRow implements ServiceAccount {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "service_account_pkey" })
  id: string;

  @Column({ type: "text" })
  label: string;

  @Column({ type: "text", nullable: true })
  category: string | null;

  @Column({ type: "text", name: "api_key_hash" })
  apiKeyHash: string;

  @Column({ type: "text", name: "api_key_start" })
  apiKeyStart: string;

  @Column({ type: "uuid", name: "workspace_id", nullable: true })
  workspaceId: string | null;

  @ManyToOne("WorkspaceRow", { onDelete: "CASCADE" })
  @JoinColumn({ name: "workspace_id", foreignKeyConstraintName: "service_account_workspace_fkey" })
  workspace?: object;

  @Column({ type: "uuid", name: "deployment_id", nullable: true })
  deploymentId: string | null;

  @ManyToOne("DeploymentRow", { onDelete: "CASCADE" })
  @JoinColumn({ name: "deployment_id", foreignKeyConstraintName: "service_account_deployment_fkey" })
  deployment?: object;

  @Column({ type: "boolean" })
  active: boolean;

  @InstantColumn({ name: "expires_at", nullable: true })
  expiresAt: Instant | null;

  @InstantColumn({ name: "last_used_at", nullable: true })
  lastUsedAt: Instant | null;

  @Column({ type: "text", name: "last_used_address", nullable: true })
  lastUsedAddress: string | null;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;
}

@Entity("team")
@Unique("team_provider_name_key", ["provider", "name"])
export class TeamRow implements Team {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "team_pkey" })
  id: string;

  @Column({ type: "text" })
  name: string;

  @Column({ type: "text", nullable: true })
  description: string | null;

  @Column({ type: "text", default: "local" })
  provider: string;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;
}

@Entity("team_member")
@Index("team_member_user", ["userId"])
export class TeamMemberRow {
  @PrimaryColumn({ type: "uuid", name: "team_id", primaryKeyConstraintName: "team_member_pkey" })
  teamId: string;

  @ManyToOne(() => TeamRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "team_id", foreignKeyConstraintName: "team_member_team_fkey" })
  team?: TeamRow;

  @PrimaryColumn({ type: "uuid", name: "user_id", primaryKeyConstraintName: "team_member_pkey" })
  userId: string;

  @ManyToOne(() => UserRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "team_member_user_fkey" })
  user?: UserRow;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}

@Entity("role_binding")
@Index("role_binding_user_key", ["userId", "workspaceId", "deploymentId"], {
  unique: true,
  where: "user_id IS NOT NULL",
})
@Index("role_binding_service_account_key", ["serviceAccountId"], {
  unique: true,
  where: "service_account_id IS NOT NULL",
})
@Index("role_binding_team_key", ["teamId", "workspaceId", "deploymentId"], {
  unique: true,
  where: "team_id IS NOT NULL",
})
@Index("role_binding_workspace", ["workspaceId"])
@Index("role_binding_deployment", ["deploymentId"])
@Check("role_binding_subject_check", "num_nonnulls(user_id, service_account_id, team_id) = 1")
@Check("role_binding_object_check", "num_nonnulls(workspace_id, deployment_id) <= 1")
export class RoleBindingRow implements RoleBinding {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "role_binding_pkey" })
  id: string;

  @Column({ type: "text" })
  role: Role;

  @Column({ type: "uuid", name: "user_id", nullable: true })
  userId: string | null;

  @ManyToOne(() => UserRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "role_binding_user_fkey" })
  user?: UserRow;

  @Column({ type: "uuid", name: "service_account_id", nullable: true })
  serviceAccountId: string | null;

  @ManyToOne(() => ServiceAccountRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "service_account_id", foreignKeyConstraintName: "role_binding_service_account_fkey" })
  serviceAccount?: ServiceAccountRow;

  @Column({ type: "uuid", name: "team_id", nullable: true })
  teamId: string | null;

  @ManyToOne(() => TeamRow, { onDelete: "CASCADE" })
  @JoinColumn({ name: "team_id", foreignKeyConstraintName: "role_binding_team_fkey" })
  team?: TeamRow;

  @Column({ type: "uuid", name: "workspace_id", nullable: true })
  workspaceId: string | null;

  @ManyToOne("WorkspaceRow", { onDelete: "CASCADE" })
  @JoinColumn({ name: "workspace_id", foreignKeyConstraintName: "role_binding_workspace_fkey" })
  workspace?: object;

  @Column({ type: "uuid", name: "deployment_id", nullable: true })
  deploymentId: string | null;

  @ManyToOne("DeploymentRow", { onDelete: "CASCADE" })
  @JoinColumn({ name: "deployment_id", foreignKeyConstraintName: "role_binding_deployment_fkey" })
  deployment?: object;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;
}

/** Failed log-in attempts, as rate-limiter-flexible keeps them. */
@Entity("failed_login")
export class FailedLoginRow {
  @PrimaryColumn({ type: "varchar", length: 255, primaryKeyConstraintName: "failed_login_pkey" })
  key: string;

  @Column({ type: "integer" })
  points: number;

  @Column({ type: "bigint", nullable: true })
  expire: string | null;
}
