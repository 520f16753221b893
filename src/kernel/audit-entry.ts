import type { Actor } from "./permissions";

/** Who did what to which object; from where and when is added to it. */
export interface AuditEntry {
  readonly actor: Actor;
  /** `<type of the object>.<verb>`, such as `workspace.create`. */
  readonly action: `${AuditObjectType}.${string}`;
  readonly object: AuditObject;
  /** What else a reader has to know, such as the role that was granted. Never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export type AuditObjectType =
  "user" | "team" | "service_account" | "workspace" | "deployment" | "deploy_revision" | "system";

export interface AuditObject {
  readonly type: AuditObjectType;
  /** Null for the installation itself. */
  readonly id: string | null;
  /** What people call it; it survives the object. */
  readonly label: string | null;
  /** The Workspace that it is or belongs to. */
  readonly workspaceId?: string | null;
  /** The Deployment that it is or belongs to. */
  readonly deploymentId?: string | null;
}
