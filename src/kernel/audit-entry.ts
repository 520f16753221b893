import type { Actor } from "./permissions";

/** Who did what to which object. The address and the time are added when the entry is written. */
export interface AuditEntry {
  readonly actor: Actor;
  /** `<object type>.<verb>`, such as `workspace.create`. */
  readonly action: `${AuditObjectType}.${string}`;
  readonly object: AuditObject;
  /** Further facts, such as the role that was granted. Never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export type AuditObjectType =
  "user" | "team" | "service_account" | "workspace" | "deployment" | "deploy_revision" | "system";

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
