import { Forbidden } from "./errors";
import type { PermissionName } from "./permission-names";

export type ActorType = "USER" | "SERVICE_ACCOUNT" | "SYSTEM";

/** A user, a service account or the system, with all grants resolved to permissions. */
export interface Actor {
  readonly id: string;
  readonly type: ActorType;
  /** A user's full name, or user name if there is none; a service account's label. */
  readonly label: string;
  readonly grants: readonly Grant[];
  /** The actor's request; absent for work that the installation does by itself. */
  readonly request?: {
    readonly id: string;
    /** The client's network address. */
    readonly address: string;
  };
  /**
   * The proof of who the caller is. Absent for work that the installation does by itself, and for accounts that another
   * system has named.
   */
  readonly credentials?: Credentials;
}

export type Credentials =
  | {
      readonly kind: "SESSION";
      /** Null for a token without an id, which can only expire. */
      readonly sessionId: string | null;
      readonly issuedAtMs: number;
      readonly expiresAtMs: number;
    }
  | { readonly kind: "API_KEY"; readonly keyHash: string };

/**
 * The objects that a grant covers. A `deploymentsOf` grant covers the Deployments of a Workspace, not the Workspace.
 */
export type GrantReach =
  | { readonly kind: "system" }
  | { readonly kind: "workspace"; readonly workspaceId: string }
  | { readonly kind: "deploymentsOf"; readonly workspaceId: string }
  | { readonly kind: "deployment"; readonly deploymentId: string; readonly workspaceId: string };

export interface Grant {
  readonly reach: GrantReach;
  readonly permissions: ReadonlySet<string>;
}

/** The object for which a permission is checked, taken from the loaded record and never from input. */
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

/** A permission, or several of which one suffices, e.g. a Deployment permission and its system counterpart. */
export type Permission = PermissionName | readonly PermissionName[];

/** Whether the actor holds one of the permissions for the scope. Default deny. */
export function can(actor: Actor, permission: Permission, scope: Scope): boolean {
  const wanted = typeof permission === "string" ? [permission] : permission;
  return wanted.some((one) => holds(actor, one, scope));
}

/**
 * Whether the actor holds a permission for the scope, also one that only the configuration knows. A permission counts only
 * through a binding of its own level or above: `system.…` needs a grant on the system, and a grant on a Workspace does
 * not cover its Deployments (they need a grant of their own).
 */
export function holds(actor: Actor, permission: string, scope: Scope): boolean {
  return actor.grants.some((grant) => {
    const prefix = reaches(grant.reach, scope);
    return prefix !== null && permission.startsWith(prefix) && grant.permissions.has(permission);
  });
}

/** Prefix of the permissions that a grant gives for a scope; "" means all of them, null none. */
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

/**
 * The permissions of the scope's level that the actor holds for it, sorted: those for which `can` answers yes.
 * @param asked as use cases ask for them: where a counterpart is held, the first one counts as held
 */
export function heldPermissions(actor: Actor, scope: Scope, asked: readonly Permission[] = []): string[] {
  const granted = new Set(actor.grants.flatMap(({ permissions }) => [...permissions]));
  const direct = [...granted].filter((name) => holds(actor, name, scope));
  const byCounterpart = asked.flatMap((one) =>
    typeof one !== "string" && can(actor, one, scope) ? one.slice(0, 1) : [],
  );
  return [...new Set([...direct, ...byCounterpart])].filter((name) => name.startsWith(`${scope.kind}.`)).sort();
}

const refused = new WeakMap<Forbidden, Actor>();

/** Who was refused by `requirePermission`. */
export const refusedActor = (error: Forbidden): Actor | null => refused.get(error) ?? null;

/** @throws Forbidden unless `can` */
export function requirePermission(actor: Actor, permission: Permission, scope: Scope): void {
  if (can(actor, permission, scope)) return;
  const error = new Forbidden(typeof permission === "string" ? permission : permission[0]);
  refused.set(error, actor);
  throw error;
}
