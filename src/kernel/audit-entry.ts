import type { Actor } from "./permissions";

/** What the audit trail can tell of: `<object type>.<verb>`. */
export type AuditAction =
  | "user.create"
  | "user.invite"
  | "user.accept_invitation"
  | "user.update"
  | "user.remove"
  | "user.sign_in"
  | "user.refuse_sign_in"
  | "user.sign_out"
  | "user.sign_on"
  | "user.connect_identity"
  | "user.verify_email"
  | "user.set_password"
  | "user.change_password"
  | "user.grant_role"
  | "user.revoke_role"
  | "team.create"
  | "team.update"
  | "team.remove"
  | "team.grant_role"
  | "team.revoke_role"
  | "service_account.create"
  | "service_account.update"
  | "service_account.delete"
  | "workspace.create"
  | "workspace.update"
  | "workspace.delete"
  | "workspace.add_user"
  | "workspace.update_user_role"
  | "workspace.remove_user"
  | "workspace.add_team"
  | "workspace.update_team_role"
  | "workspace.remove_team"
  | "deployment.create"
  | "deployment.update"
  | "deployment.delete"
  | "deployment.restore"
  | "deployment.update_runtime"
  | "deployment.update_airflow"
  | "deployment.cancel_runtime_update"
  | "deployment.update_rollback"
  | "deployment.update_variables"
  | "deployment.refuse_deploy"
  | "deployment.add_user"
  | "deployment.update_user_role"
  | "deployment.remove_user"
  | "deployment.add_team"
  | "deployment.update_team_role"
  | "deployment.remove_team"
  | "deploy_revision.record"
  | "deploy_revision.refuse"
  | "deploy_revision.add_dags"
  | "deploy_revision.roll_back"
  | "deploy_revision.undo_rollback"
  | "deploy_revision.cancel"
  | "deploy_revision.quarantine"
  | "deploy_revision.lift_quarantine"
  | "deploy_revision.pin"
  | "deploy_revision.unpin"
  | "webhook.create"
  | "webhook.update"
  | "webhook.delete"
  | "webhook.test"
  | "webhook.redeliver"
  | "system.cleanup_deploy_revisions"
  | "system.rotate_signing_key"
  | "system.refuse_call"
  | "system.export_audit_trail";

/** Who did what to which object. The address and the time are added when the entry is written. */
export interface AuditEntry {
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly object: AuditObject;
  /** Further facts, such as the role that was granted. Never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export type AuditObjectType =
  "user" | "team" | "service_account" | "workspace" | "deployment" | "deploy_revision" | "webhook" | "system";

export interface AuditObject {
  readonly type: AuditObjectType;
  /** Null for the installation itself. */
  readonly id: string | null;
  /** The object's name, which outlives the object. */
  readonly label: string | null;
  /** The Workspace that the object is or belongs to. */
  readonly workspaceId?: string | null;
  /** The Deployment that the object is or belongs to. */
  readonly deploymentId?: string | null;
}
