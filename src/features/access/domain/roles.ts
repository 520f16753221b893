import type { Grant } from "../../../kernel/permissions";
import shippedRoles from "../data/roles.json";

export const SYSTEM_ROLES = ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "SYSTEM_VIEWER"] as const;
export const WORKSPACE_ROLES = ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR", "WORKSPACE_VIEWER"] as const;
export const DEPLOYMENT_ROLES = ["DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"] as const;
export const ROLES = [...SYSTEM_ROLES, ...WORKSPACE_ROLES, ...DEPLOYMENT_ROLES, "USER"] as const;

export type SystemRole = (typeof SYSTEM_ROLES)[number];
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];
export type DeploymentRole = (typeof DEPLOYMENT_ROLES)[number];
export type Role = (typeof ROLES)[number];

const among = <R extends Role>(roles: readonly R[], role: Role): role is R => (roles as readonly Role[]).includes(role);

export const isSystemRole = (role: Role): role is SystemRole => among(SYSTEM_ROLES, role);
export const isWorkspaceRole = (role: Role): role is WorkspaceRole => among(WORKSPACE_ROLES, role);
export const isDeploymentRole = (role: Role): role is DeploymentRole => among(DEPLOYMENT_ROLES, role);

/** Changes to a role: true adds a permission, false removes it. */
export type RoleOverrides = Readonly<Record<string, { readonly permissions: Readonly<Record<string, boolean>> }>>;

export type RolePermissions = Readonly<Record<Role, ReadonlySet<string>>>;

/**
 * The ten roles with their permissions. The shipped table is that of the public 0.35 configuration
 * (`default.yaml`, its YAML merges resolved), so an override of one role leaves the roles that were
 * merged from it alone, as on that platform.
 */
export function rolePermissions(overrides: RoleOverrides = {}): RolePermissions {
  const table = Object.fromEntries(ROLES.map((role) => [role, new Set(shippedRoles[role])])) as Record<
    Role,
    Set<string>
  >;
  for (const role of ROLES) {
    for (const [permission, granted] of Object.entries(overrides[role]?.permissions ?? {})) {
      if (granted) table[role].add(permission);
      else table[role].delete(permission);
    }
  }
  return table;
}

/**
 * What overrides name although no role and no permission is called so: most likely misspelt, and then without effect.
 */
export function unknownOverrides(overrides: RoleOverrides): string[] {
  const permissions = new Set(Object.values(shippedRoles).flat());
  return Object.entries(overrides).flatMap(([role, override]) =>
    Object.hasOwn(shippedRoles, role)
      ? Object.keys(override.permissions).flatMap((permission) =>
          permissions.has(permission) ? [] : [`${role}.permissions.${permission}`],
        )
      : [role],
  );
}

/** What a role is bound to: the system where neither id is given. */
export interface BoundRole {
  readonly role: Role;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
}

/** A role of a user, a Team or a service account. */
export interface HeldRole {
  readonly role: Role;
  /** Of a role on a Deployment the Deployment's Workspace; null for the system. */
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
}

/** A Workspace service account's tier on the Deployments of its Workspace. */
const DEPLOYMENT_TIER: Readonly<Record<WorkspaceRole, DeploymentRole>> = {
  WORKSPACE_ADMIN: "DEPLOYMENT_ADMIN",
  WORKSPACE_EDITOR: "DEPLOYMENT_EDITOR",
  WORKSPACE_VIEWER: "DEPLOYMENT_VIEWER",
};

/**
 * Roles as grants. WORKSPACE_ADMIN acts as DEPLOYMENT_ADMIN on all Deployments of the Workspace; other
 * Workspace roles give users no permission on a Deployment, while those of service accounts map tier to
 * tier (public role reference, and the CI/CD guide for service accounts). Service accounts have what USER has through a
 * system role only, from which the platform's own roles inherit it.
 */
export function grantsOf(
  subject: "USER" | "SERVICE_ACCOUNT",
  held: readonly HeldRole[],
  roles: RolePermissions,
): Grant[] {
  const isUser = subject === "USER" || held.some(isOnSystem);
  const grants: Grant[] = isUser ? [{ reach: { kind: "system" }, permissions: roles.USER }] : [];
  for (const bound of held) {
    const { role, workspaceId, deploymentId } = bound;
    if (isOnSystem(bound)) {
      grants.push({ reach: { kind: "system" }, permissions: roles[role] });
    } else if (isWorkspaceRole(role) && workspaceId !== null && deploymentId === null) {
      grants.push({ reach: { kind: "workspace", workspaceId }, permissions: roles[role] });
      if (subject === "SERVICE_ACCOUNT" || role === "WORKSPACE_ADMIN") {
        grants.push({ reach: { kind: "deploymentsOf", workspaceId }, permissions: roles[DEPLOYMENT_TIER[role]] });
      }
    } else if (isDeploymentRole(role) && workspaceId !== null && deploymentId !== null) {
      grants.push({ reach: { kind: "deployment", deploymentId, workspaceId }, permissions: roles[role] });
    }
  }
  return grants;
}

const isOnSystem = ({ role, workspaceId, deploymentId }: HeldRole): boolean =>
  isSystemRole(role) && workspaceId === null && deploymentId === null;
