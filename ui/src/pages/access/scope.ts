import type { Head } from "../../lib/queries";
import { ask } from "../../lib/ask";
import {
  AddDeploymentAccountDocument,
  AddDeploymentTeamDocument,
  AddDeploymentUserDocument,
  AddWorkspaceAccountDocument,
  AddWorkspaceTeamDocument,
  AddWorkspaceUserDocument,
  DeploymentAccessDocument,
  RemoveDeploymentAccountDocument,
  RemoveDeploymentTeamDocument,
  RemoveDeploymentUserDocument,
  RemoveWorkspaceAccountDocument,
  RemoveWorkspaceTeamDocument,
  RemoveWorkspaceUserDocument,
  SetDeploymentAccountDocument,
  SetDeploymentTeamDocument,
  SetDeploymentUserDocument,
  SetWorkspaceAccountDocument,
  SetWorkspaceTeamDocument,
  SetWorkspaceUserDocument,
  WorkspaceAccessDocument,
  type BindingFragment,
  type Role,
} from "../../gql-admin";

export type Kind = "user" | "team" | "account";

/** Somebody who has a role in a scope. */
export interface Holder {
  readonly kind: Kind;
  readonly id: string;
  readonly name: string;
  /** Of a user: the address, by which the API knows them. */
  readonly email: string;
  readonly note: string;
  readonly role: Role;
}

interface Access {
  readonly permissions: readonly string[];
  readonly holders: readonly Holder[];
}

/** Where roles are given: a Deployment or its Workspace. */
export interface Scope {
  readonly kind: "deployment" | "workspace";
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly roles: readonly Role[];
  readonly load: (signal: AbortSignal) => Promise<Access>;
  readonly setRole: (holder: Holder, role: Role) => Promise<unknown>;
  readonly remove: (holder: Holder) => Promise<unknown>;
  readonly addUser: (email: string, role: Role) => Promise<unknown>;
  readonly addTeam: (teamUuid: string, role: Role) => Promise<unknown>;
  /** Returns the new account's key, which is shown once. */
  readonly addAccount: (label: string, role: Role) => Promise<string>;
}

const ORDER: readonly Kind[] = ["user", "team", "account"];

function holderOf({ role, user, team, serviceAccount }: BindingFragment): Holder[] {
  if (role == null) return [];
  const none = { email: "", note: "" };
  if (user != null) {
    const email = (user.emails?.find(({ primary }) => primary) ?? user.emails?.[0])?.address ?? "";
    const name = user.fullName || user.username || email;
    const note = [name === email ? "" : email, user.status === "pending" ? "invited, not here yet" : ""]
      .filter((text) => text !== "")
      .join(" · ");
    return [{ kind: "user", id: user.id, name, email, note, role }];
  }
  if (team != null) return [{ ...none, kind: "team", id: team.id, name: team.name ?? team.id, role }];
  return serviceAccount == null
    ? []
    : [{ ...none, kind: "account", id: serviceAccount.id, name: serviceAccount.label ?? serviceAccount.id, role }];
}

/** People, Teams, service accounts, each by name. */
function holdersOf(bindings: readonly BindingFragment[] | null | undefined): Holder[] {
  return (bindings ?? [])
    .flatMap(holderOf)
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.name.localeCompare(b.name));
}

export function deploymentScope({ id, label }: Head): Scope {
  const deploymentUuid = id;
  return {
    kind: "deployment",
    id,
    title: `Roles on ${label ?? "this Deployment"}`,
    note: "For this Deployment alone.",
    roles: ["DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"],
    load: async (signal) => {
      const { deployment } = await ask(DeploymentAccessDocument, { id }, signal);
      return { permissions: deployment?.permissions ?? [], holders: holdersOf(deployment?.roleBindings) };
    },
    setRole: (holder, role) =>
      holder.kind === "user"
        ? ask(SetDeploymentUserDocument, { deploymentId: id, email: holder.email, userId: holder.id, role })
        : holder.kind === "team"
          ? ask(SetDeploymentTeamDocument, { deploymentUuid, teamUuid: holder.id, role })
          : ask(SetDeploymentAccountDocument, { deploymentUuid, serviceAccountUuid: holder.id, role }),
    remove: (holder) =>
      holder.kind === "user"
        ? ask(RemoveDeploymentUserDocument, { deploymentId: id, email: holder.email, userId: holder.id })
        : holder.kind === "team"
          ? ask(RemoveDeploymentTeamDocument, { deploymentUuid, teamUuid: holder.id })
          : ask(RemoveDeploymentAccountDocument, { deploymentUuid, serviceAccountUuid: holder.id }),
    addUser: (email, role) => ask(AddDeploymentUserDocument, { deploymentId: id, email, role }),
    addTeam: (teamUuid, role) => ask(AddDeploymentTeamDocument, { deploymentUuid, teamUuid, role }),
    addAccount: async (label, role) =>
      (await ask(AddDeploymentAccountDocument, { deploymentUuid, label, role })).createDeploymentServiceAccount
        ?.apiKey ?? "",
  };
}

export function workspaceScope({ id, label }: NonNullable<Head["workspace"]>): Scope {
  const workspaceUuid = id;
  return {
    kind: "workspace",
    id,
    title: `Roles in ${label ?? "the Workspace"}`,
    note: "The Workspace. Its admins may do everything on its Deployments.",
    roles: ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR", "WORKSPACE_VIEWER"],
    load: async (signal) => {
      const { workspace } = await ask(WorkspaceAccessDocument, { workspaceUuid }, signal);
      return { permissions: workspace?.permissions ?? [], holders: holdersOf(workspace?.roleBindings) };
    },
    setRole: (holder, role) =>
      holder.kind === "user"
        ? ask(SetWorkspaceUserDocument, { workspaceUuid, email: holder.email, role })
        : holder.kind === "team"
          ? ask(SetWorkspaceTeamDocument, { workspaceUuid, teamUuid: holder.id, role })
          : ask(SetWorkspaceAccountDocument, { workspaceUuid, serviceAccountUuid: holder.id, role }),
    remove: (holder) =>
      holder.kind === "user"
        ? ask(RemoveWorkspaceUserDocument, { workspaceUuid, userUuid: holder.id })
        : holder.kind === "team"
          ? ask(RemoveWorkspaceTeamDocument, { workspaceUuid, teamUuid: holder.id })
          : ask(RemoveWorkspaceAccountDocument, { workspaceUuid, serviceAccountUuid: holder.id }),
    addUser: (email, role) => ask(AddWorkspaceUserDocument, { workspaceUuid, email, role }),
    addTeam: (teamUuid, role) => ask(AddWorkspaceTeamDocument, { workspaceUuid, teamUuid, role }),
    addAccount: async (label, role) =>
      (await ask(AddWorkspaceAccountDocument, { workspaceUuid, label, role })).createWorkspaceServiceAccount?.apiKey ??
      "",
  };
}

/** Returns "Admin" of WORKSPACE_ADMIN. */
export function roleWords(role: Role): string {
  const word = role.slice(role.indexOf("_") + 1).toLowerCase();
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Returns the permissions of which a change takes one: that of the scope, or that of the whole system. */
export function permissionsFor({ kind }: Scope, holder: Kind, verb: "create" | "update" | "delete"): [string, string] {
  if (holder === "account") return [`${kind}.serviceAccounts.${verb}`, `system.serviceAccounts.${verb}`];
  const own = { user: "userRoles.update", team: "teamRoles.update" }[holder];
  return [kind === "workspace" ? "workspace.iam.update" : `deployment.${own}`, "system.iam.update"];
}
