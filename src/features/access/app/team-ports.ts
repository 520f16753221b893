import type { PlacedBinding, RoleBinding, Team, User } from "../domain/accounts";
import type { KnownTo, VisibleTeams } from "../domain/directory";
import type { AdminsLeft } from "../domain/last-admins";
import type { PlacedRole } from "../domain/granting";
import type { BoundRole } from "../domain/roles";

/** Where a role is bound: the system where neither id is given. */
export type BoundTo = Omit<BoundRole, "role">;

/** Teams, their members and their roles inside a transaction. */
export interface TeamStores {
  /** Keeps other changes of the Team, of its members and of its roles waiting until the transaction ends. */
  lockTeam(id: string): Promise<Team | null>;
  /** Null, and nothing locked, also for a Team that is not among those. */
  lockKnownTeam(id: string, knownTo: KnownTo): Promise<Team | null>;
  findTeam(id: string): Promise<Team | null>;
  findTeamsByName(provider: string, names: readonly string[]): Promise<Team[]>;
  /** @throws Conflict if the provider has one of this name already */
  addTeam(team: Team): Promise<void>;
  /** Returns false and changes nothing if the provider has a Team of this name, also one that was added just now. */
  addTeamUnlessThere(team: Team): Promise<boolean>;
  /** Name and description. @throws Conflict if the provider has one of this name already */
  updateTeam(team: Team): Promise<void>;
  /** With its roles. */
  removeTeam(id: string): Promise<void>;

  /** The members' ids. */
  membersOf(teamId: string): Promise<string[]>;
  /** Who is a member already stays one. */
  addMembers(teamId: string, userIds: readonly string[]): Promise<void>;
  removeMembers(teamId: string, userIds: readonly string[]): Promise<void>;
  teamsOfUser(userId: string): Promise<Team[]>;

  /** Sets the role of the Team there, new or in place of the one that it had. */
  bindTeam(teamId: string, bound: BoundRole): Promise<RoleBinding>;
  /** What was taken away; null if the Team had no role there. */
  unbindTeam(teamId: string, place: BoundTo): Promise<RoleBinding | null>;
  unbindTeamFromDeploymentsOf(teamId: string, scope: { readonly workspaceId: string }): Promise<void>;
  findTeamBinding(teamId: string, place: BoundTo): Promise<RoleBinding | null>;
}

/** What people can be administered through. */
export type Subject = { readonly userId: string } | { readonly teamId: string };

/** Who can let others in, inside a transaction. */
export interface AdminStores {
  /** Holds off every other change that could take a SYSTEM_ADMIN away, until the transaction ends. */
  lockSystemAdmins(): Promise<void>;
  /** Locks the Workspaces that have a WORKSPACE_ADMIN, directly or through a Team. Returns their ids. */
  lockWorkspacesOf(admin: Subject): Promise<string[]>;
  adminsLeft(workspaceIds: readonly string[]): Promise<AdminsLeft>;
  /** All roles of the user, including those of their Teams, or of the Team, each with its scope. */
  rolesOf(subject: Subject): Promise<PlacedRole[]>;
}

export interface TeamPage {
  /** How many there are in all. */
  readonly count: number;
  readonly teams: Team[];
}

export interface TeamPageQuery {
  readonly among: VisibleTeams;
  /** Left out itself; null for the beginning, or for the end when reading backwards. */
  readonly cursor: string | null;
  /** Below 0 reads backwards, and answers in list order all the same. */
  readonly take: number;
}

/** Reads of Teams outside of transactions. */
export interface TeamReadModel {
  teamsByIds(ids: readonly string[]): Promise<Team[]>;
  /** Null also for a Team that is not visible; one statement, which takes as long for either. */
  findVisibleTeam(id: string, among: VisibleTeams): Promise<Team | null>;
  /** Oldest first. */
  pageOfTeams(query: TeamPageQuery): Promise<TeamPage>;
  bindingsOfTeams(teamIds: readonly string[]): Promise<PlacedBinding[]>;
  /** By user name. */
  membersOfTeams(teamIds: readonly string[]): Promise<(User & { readonly teamId: string })[]>;
  /** Those with a role on any of the Workspaces, or on any of the Deployments, by name. */
  teamsOnWorkspaces(workspaceIds: readonly string[]): Promise<(Team & { readonly workspaceId: string })[]>;
  teamsOnDeployments(deploymentIds: readonly string[]): Promise<(Team & { readonly deploymentId: string })[]>;
}
