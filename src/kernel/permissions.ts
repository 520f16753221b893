import { Forbidden } from "./errors";

export type ActorType = "USER" | "SERVICE_ACCOUNT" | "SYSTEM";

/** The caller, with all grants resolved to permissions. */
export interface Actor {
  readonly id: string;
  readonly type: ActorType;
  /** Full name, else user name; of a service account its label. */
  readonly label: string;
  readonly grants: readonly Grant[];
  /** The request that this comes with; none for what the installation does by itself. */
  readonly request?: {
    readonly id: string;
    /** The client's network address. */
    readonly address: string;
  };
}

/** Where a grant holds. A `deploymentsOf` grant holds for the Deployments of a Workspace, not for itself. */
export type GrantReach =
  | { readonly kind: "system" }
  | { readonly kind: "workspace"; readonly workspaceId: string }
  | { readonly kind: "deploymentsOf"; readonly workspaceId: string }
  | { readonly kind: "deployment"; readonly deploymentId: string; readonly workspaceId: string };

export interface Grant {
  readonly reach: GrantReach;
  readonly permissions: ReadonlySet<string>;
}

/** What a permission is asked for, taken from the loaded record and never from input. */
export type Scope =
  | { readonly kind: "system" }
  | { readonly kind: "workspace"; readonly workspaceId: string }
  | { readonly kind: "deployment"; readonly deploymentId: string; readonly workspaceId: string };

export const SYSTEM_SCOPE: Scope = { kind: "system" };

export const workspaceScope = (workspaceId: string): Scope => ({ kind: "workspace", workspaceId });

export const deploymentScope = (deployment: { readonly id: string; readonly workspaceId: string }): Scope => ({
  kind: "deployment",
  deploymentId: deployment.id,
  workspaceId: deployment.workspaceId,
});

/** Permissions of which any one suffices, e.g. the one of a Deployment and its counterpart of the system. */
export type Permission = string | readonly string[];

/**
 * Whether the actor holds one of the permissions for the scope. Default deny.
 * A permission counts only through a binding of its own level or above: `system.…` needs a grant on the
 * system, and a grant on a Workspace says nothing about its Deployments (that is a grant of its own).
 */
export function can(actor: Actor, permission: Permission, scope: Scope): boolean {
  const wanted = typeof permission === "string" ? [permission] : permission;
  return actor.grants.some((grant) => {
    const prefix = reaches(grant.reach, scope);
    return prefix !== null && wanted.some((one) => one.startsWith(prefix) && grant.permissions.has(one));
  });
}

/** The kind of permission that a grant gives for a scope; "" means every kind, null none. */
function reaches(reach: GrantReach, scope: Scope): string | null {
  switch (reach.kind) {
    case "system":
      return "";
    case "workspace":
      return scope.kind !== "system" && scope.workspaceId === reach.workspaceId ? "workspace." : null;
    case "deploymentsOf":
      return scope.kind === "deployment" && scope.workspaceId === reach.workspaceId ? "deployment." : null;
    case "deployment":
      return scope.kind === "deployment" && scope.deploymentId === reach.deploymentId ? "deployment." : null;
  }
}

/** @throws Forbidden unless `can` */
export function requirePermission(actor: Actor, permission: Permission, scope: Scope): void {
  if (!can(actor, permission, scope)) throw new Forbidden(typeof permission === "string" ? permission : permission[0]);
}
