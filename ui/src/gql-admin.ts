// Written by codegen.mjs from schema.graphql and operations/: do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Which lines; what is given has to hold, all of it. */
export type AuditLineFilter = {
  /** An action, or a part of one before a dot: workspace stands for all that is done to Workspaces. */
  readonly action?: string | null | undefined;
  /** Id of the user or service account. */
  readonly actorId?: string | null | undefined;
  /** At this instant or later. */
  readonly createdAfter?: string | null | undefined;
  /** Before this instant. */
  readonly createdBefore?: string | null | undefined;
  /** Everything about this Deployment. */
  readonly deploymentUuid?: string | null | undefined;
  /** Id of the object. */
  readonly objectId?: string | null | undefined;
  /** Of one request. */
  readonly requestId?: string | null | undefined;
  /** Everything about this Workspace and what is in it. */
  readonly workspaceUuid?: string | null | undefined;
};

/** A set of permissions that is bound to a user, a Team or a service account, on the level that its name starts with. */
export type Role =
  /** Everything on the bound Deployment. */
  | 'DEPLOYMENT_ADMIN'
  /** Changing things on the bound Deployment. */
  | 'DEPLOYMENT_EDITOR'
  /** Looking at things on the bound Deployment. */
  | 'DEPLOYMENT_VIEWER'
  /** Everything on the whole system. */
  | 'SYSTEM_ADMIN'
  /** Changing things on the whole system. */
  | 'SYSTEM_EDITOR'
  /** Looking at things on the whole system. */
  | 'SYSTEM_VIEWER'
  /** What every user has who is signed in. */
  | 'USER'
  /** Everything on the bound Workspace. */
  | 'WORKSPACE_ADMIN'
  /** Changing things on the bound Workspace. */
  | 'WORKSPACE_EDITOR'
  /** Looking at things on the bound Workspace. */
  | 'WORKSPACE_VIEWER';

export type BindingFragment = { readonly id: string, readonly role: Role | null, readonly user: { readonly id: string, readonly username: string | null, readonly fullName: string | null, readonly status: string | null, readonly emails: ReadonlyArray<{ readonly address: string | null, readonly primary: boolean | null }> | null } | null, readonly team: { readonly id: string, readonly name: string | null } | null, readonly serviceAccount: { readonly id: string, readonly label: string | null, readonly lastUsedAt: string | null } | null };

export type DeploymentAccessQueryVariables = Exact<{
  id: string;
}>;


export type DeploymentAccessQuery = { readonly deployment: { readonly id: string, readonly permissions: ReadonlyArray<string>, readonly roleBindings: ReadonlyArray<{ readonly id: string, readonly role: Role | null, readonly user: { readonly id: string, readonly username: string | null, readonly fullName: string | null, readonly status: string | null, readonly emails: ReadonlyArray<{ readonly address: string | null, readonly primary: boolean | null }> | null } | null, readonly team: { readonly id: string, readonly name: string | null } | null, readonly serviceAccount: { readonly id: string, readonly label: string | null, readonly lastUsedAt: string | null } | null }> | null } | null };

export type WorkspaceAccessQueryVariables = Exact<{
  workspaceUuid: string;
}>;


export type WorkspaceAccessQuery = { readonly workspace: { readonly id: string, readonly permissions: ReadonlyArray<string>, readonly roleBindings: ReadonlyArray<{ readonly id: string, readonly role: Role | null, readonly user: { readonly id: string, readonly username: string | null, readonly fullName: string | null, readonly status: string | null, readonly emails: ReadonlyArray<{ readonly address: string | null, readonly primary: boolean | null }> | null } | null, readonly team: { readonly id: string, readonly name: string | null } | null, readonly serviceAccount: { readonly id: string, readonly label: string | null, readonly lastUsedAt: string | null } | null }> | null } | null };

export type TeamsToAddQueryVariables = Exact<{
  workspaceUuid: string;
}>;


export type TeamsToAddQuery = { readonly paginatedTeams: { readonly teams: ReadonlyArray<{ readonly id: string, readonly name: string | null }> | null } | null };

export type InviteMutationVariables = Exact<{
  email: string;
  password: string;
}>;


export type InviteMutation = { readonly createUser: { readonly invitation: { readonly url: string, readonly expiresAt: string } | null } | null };

export type AddDeploymentUserMutationVariables = Exact<{
  deploymentId: string;
  email: string;
  role: Role;
}>;


export type AddDeploymentUserMutation = { readonly deploymentAddUserRole: { readonly id: string } | null };

export type SetDeploymentUserMutationVariables = Exact<{
  deploymentId: string;
  email: string;
  userId: string;
  role: Role;
}>;


export type SetDeploymentUserMutation = { readonly deploymentUpdateUserRole: { readonly id: string } | null };

export type RemoveDeploymentUserMutationVariables = Exact<{
  deploymentId: string;
  email: string;
  userId: string;
}>;


export type RemoveDeploymentUserMutation = { readonly deploymentRemoveUserRole: { readonly id: string } | null };

export type AddDeploymentTeamMutationVariables = Exact<{
  deploymentUuid: string;
  teamUuid: string;
  role: Role;
}>;


export type AddDeploymentTeamMutation = { readonly deploymentAddTeamRole: { readonly id: string } | null };

export type SetDeploymentTeamMutationVariables = Exact<{
  deploymentUuid: string;
  teamUuid: string;
  role: Role;
}>;


export type SetDeploymentTeamMutation = { readonly deploymentUpdateTeamRole: { readonly id: string } | null };

export type RemoveDeploymentTeamMutationVariables = Exact<{
  deploymentUuid: string;
  teamUuid: string;
}>;


export type RemoveDeploymentTeamMutation = { readonly deploymentRemoveTeamRole: { readonly id: string } | null };

export type AddDeploymentAccountMutationVariables = Exact<{
  deploymentUuid: string;
  label: string;
  role: Role;
}>;


export type AddDeploymentAccountMutation = { readonly createDeploymentServiceAccount: { readonly id: string, readonly apiKey: string | null } | null };

export type SetDeploymentAccountMutationVariables = Exact<{
  deploymentUuid: string;
  serviceAccountUuid: string;
  role: Role;
}>;


export type SetDeploymentAccountMutation = { readonly updateDeploymentServiceAccount: { readonly id: string } | null };

export type RemoveDeploymentAccountMutationVariables = Exact<{
  deploymentUuid: string;
  serviceAccountUuid: string;
}>;


export type RemoveDeploymentAccountMutation = { readonly deleteDeploymentServiceAccount: { readonly id: string } | null };

export type AddWorkspaceUserMutationVariables = Exact<{
  workspaceUuid: string;
  email: string;
  role: Role;
}>;


export type AddWorkspaceUserMutation = { readonly workspaceAddUser: { readonly id: string } | null };

export type SetWorkspaceUserMutationVariables = Exact<{
  workspaceUuid: string;
  email: string;
  role: Role;
}>;


export type SetWorkspaceUserMutation = { readonly workspaceUpsertUserRole: Role | null };

export type RemoveWorkspaceUserMutationVariables = Exact<{
  workspaceUuid: string;
  userUuid: string;
}>;


export type RemoveWorkspaceUserMutation = { readonly workspaceRemoveUser: { readonly id: string } | null };

export type AddWorkspaceTeamMutationVariables = Exact<{
  workspaceUuid: string;
  teamUuid: string;
  role: Role;
}>;


export type AddWorkspaceTeamMutation = { readonly workspaceAddTeam: { readonly id: string } | null };

export type SetWorkspaceTeamMutationVariables = Exact<{
  workspaceUuid: string;
  teamUuid: string;
  role: Role;
}>;


export type SetWorkspaceTeamMutation = { readonly workspaceUpdateTeamRole: Role | null };

export type RemoveWorkspaceTeamMutationVariables = Exact<{
  workspaceUuid: string;
  teamUuid: string;
}>;


export type RemoveWorkspaceTeamMutation = { readonly workspaceRemoveTeam: { readonly id: string } | null };

export type AddWorkspaceAccountMutationVariables = Exact<{
  workspaceUuid: string;
  label: string;
  role: Role;
}>;


export type AddWorkspaceAccountMutation = { readonly createWorkspaceServiceAccount: { readonly id: string, readonly apiKey: string | null } | null };

export type SetWorkspaceAccountMutationVariables = Exact<{
  workspaceUuid: string;
  serviceAccountUuid: string;
  role: Role;
}>;


export type SetWorkspaceAccountMutation = { readonly updateWorkspaceServiceAccount: { readonly id: string } | null };

export type RemoveWorkspaceAccountMutationVariables = Exact<{
  workspaceUuid: string;
  serviceAccountUuid: string;
}>;


export type RemoveWorkspaceAccountMutation = { readonly deleteWorkspaceServiceAccount: { readonly id: string } | null };

export type AuditLinesQueryVariables = Exact<{
  after?: string | null | undefined;
  first: number;
  filter?: AuditLineFilter | null | undefined;
}>;


export type AuditLinesQuery = { readonly auditLines: { readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean }, readonly nodes: ReadonlyArray<{ readonly id: string, readonly createdAt: string, readonly action: string, readonly actorLabel: string, readonly actorType: string, readonly address: string | null, readonly objectType: string, readonly objectId: string | null, readonly objectLabel: string | null, readonly details: unknown, readonly requestId: string | null }> } };

export type CleanUpMutationVariables = Exact<{
  dryRun: boolean;
  olderThanDays?: number | null | undefined;
}>;


export type CleanUpMutation = { readonly cleanupDeployRevisions: { readonly deletedBundles: number, readonly deletedRevisions: number, readonly keptRevisions: number, readonly olderThanDays: number, readonly dryRun: boolean } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const BindingFragmentDoc = new TypedDocumentString(`
    fragment Binding on RoleBinding {
  id
  role
  user {
    id
    username
    fullName
    status
    emails {
      address
      primary
    }
  }
  team {
    id
    name
  }
  serviceAccount {
    id
    label
    lastUsedAt
  }
}
    `, {"fragmentName":"Binding"}) as unknown as TypedDocumentString<BindingFragment, unknown>;
export const DeploymentAccessDocument = new TypedDocumentString(`
    query DeploymentAccess($id: String!) {
  deployment(where: {id: $id}) {
    id
    permissions
    roleBindings {
      ...Binding
    }
  }
}
    fragment Binding on RoleBinding {
  id
  role
  user {
    id
    username
    fullName
    status
    emails {
      address
      primary
    }
  }
  team {
    id
    name
  }
  serviceAccount {
    id
    label
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<DeploymentAccessQuery, DeploymentAccessQueryVariables>;
export const WorkspaceAccessDocument = new TypedDocumentString(`
    query WorkspaceAccess($workspaceUuid: Uuid!) {
  workspace(workspaceUuid: $workspaceUuid) {
    id
    permissions
    roleBindings {
      ...Binding
    }
  }
}
    fragment Binding on RoleBinding {
  id
  role
  user {
    id
    username
    fullName
    status
    emails {
      address
      primary
    }
  }
  team {
    id
    name
  }
  serviceAccount {
    id
    label
    lastUsedAt
  }
}`) as unknown as TypedDocumentString<WorkspaceAccessQuery, WorkspaceAccessQueryVariables>;
export const TeamsToAddDocument = new TypedDocumentString(`
    query TeamsToAdd($workspaceUuid: Uuid!) {
  paginatedTeams(workspaceUuid: $workspaceUuid, take: 100) {
    teams {
      id
      name
    }
  }
}
    `) as unknown as TypedDocumentString<TeamsToAddQuery, TeamsToAddQueryVariables>;
export const InviteDocument = new TypedDocumentString(`
    mutation Invite($email: String!, $password: String!) {
  createUser(email: $email, password: $password) {
    invitation {
      url
      expiresAt
    }
  }
}
    `) as unknown as TypedDocumentString<InviteMutation, InviteMutationVariables>;
export const AddDeploymentUserDocument = new TypedDocumentString(`
    mutation AddDeploymentUser($deploymentId: Id!, $email: String!, $role: Role!) {
  deploymentAddUserRole(deploymentId: $deploymentId, email: $email, role: $role) {
    id
  }
}
    `) as unknown as TypedDocumentString<AddDeploymentUserMutation, AddDeploymentUserMutationVariables>;
export const SetDeploymentUserDocument = new TypedDocumentString(`
    mutation SetDeploymentUser($deploymentId: Id!, $email: String!, $userId: Id!, $role: Role!) {
  deploymentUpdateUserRole(
    deploymentId: $deploymentId
    email: $email
    userId: $userId
    role: $role
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<SetDeploymentUserMutation, SetDeploymentUserMutationVariables>;
export const RemoveDeploymentUserDocument = new TypedDocumentString(`
    mutation RemoveDeploymentUser($deploymentId: Id!, $email: String!, $userId: Id!) {
  deploymentRemoveUserRole(
    deploymentId: $deploymentId
    email: $email
    userId: $userId
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveDeploymentUserMutation, RemoveDeploymentUserMutationVariables>;
export const AddDeploymentTeamDocument = new TypedDocumentString(`
    mutation AddDeploymentTeam($deploymentUuid: Uuid!, $teamUuid: Uuid!, $role: Role!) {
  deploymentAddTeamRole(
    deploymentUuid: $deploymentUuid
    teamUuid: $teamUuid
    role: $role
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<AddDeploymentTeamMutation, AddDeploymentTeamMutationVariables>;
export const SetDeploymentTeamDocument = new TypedDocumentString(`
    mutation SetDeploymentTeam($deploymentUuid: Uuid!, $teamUuid: Uuid!, $role: Role!) {
  deploymentUpdateTeamRole(
    deploymentUuid: $deploymentUuid
    teamUuid: $teamUuid
    role: $role
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<SetDeploymentTeamMutation, SetDeploymentTeamMutationVariables>;
export const RemoveDeploymentTeamDocument = new TypedDocumentString(`
    mutation RemoveDeploymentTeam($deploymentUuid: Uuid!, $teamUuid: Uuid!) {
  deploymentRemoveTeamRole(deploymentUuid: $deploymentUuid, teamUuid: $teamUuid) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveDeploymentTeamMutation, RemoveDeploymentTeamMutationVariables>;
export const AddDeploymentAccountDocument = new TypedDocumentString(`
    mutation AddDeploymentAccount($deploymentUuid: Uuid!, $label: String!, $role: Role!) {
  createDeploymentServiceAccount(
    deploymentUuid: $deploymentUuid
    label: $label
    role: $role
  ) {
    id
    apiKey
  }
}
    `) as unknown as TypedDocumentString<AddDeploymentAccountMutation, AddDeploymentAccountMutationVariables>;
export const SetDeploymentAccountDocument = new TypedDocumentString(`
    mutation SetDeploymentAccount($deploymentUuid: Uuid!, $serviceAccountUuid: Uuid!, $role: Role!) {
  updateDeploymentServiceAccount(
    deploymentUuid: $deploymentUuid
    serviceAccountUuid: $serviceAccountUuid
    role: $role
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<SetDeploymentAccountMutation, SetDeploymentAccountMutationVariables>;
export const RemoveDeploymentAccountDocument = new TypedDocumentString(`
    mutation RemoveDeploymentAccount($deploymentUuid: Uuid!, $serviceAccountUuid: Uuid!) {
  deleteDeploymentServiceAccount(
    deploymentUuid: $deploymentUuid
    serviceAccountUuid: $serviceAccountUuid
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveDeploymentAccountMutation, RemoveDeploymentAccountMutationVariables>;
export const AddWorkspaceUserDocument = new TypedDocumentString(`
    mutation AddWorkspaceUser($workspaceUuid: Uuid!, $email: String!, $role: Role!) {
  workspaceAddUser(workspaceUuid: $workspaceUuid, email: $email, role: $role) {
    id
  }
}
    `) as unknown as TypedDocumentString<AddWorkspaceUserMutation, AddWorkspaceUserMutationVariables>;
export const SetWorkspaceUserDocument = new TypedDocumentString(`
    mutation SetWorkspaceUser($workspaceUuid: Uuid!, $email: String!, $role: Role!) {
  workspaceUpsertUserRole(
    workspaceUuid: $workspaceUuid
    email: $email
    role: $role
  )
}
    `) as unknown as TypedDocumentString<SetWorkspaceUserMutation, SetWorkspaceUserMutationVariables>;
export const RemoveWorkspaceUserDocument = new TypedDocumentString(`
    mutation RemoveWorkspaceUser($workspaceUuid: Uuid!, $userUuid: Uuid!) {
  workspaceRemoveUser(workspaceUuid: $workspaceUuid, userUuid: $userUuid) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveWorkspaceUserMutation, RemoveWorkspaceUserMutationVariables>;
export const AddWorkspaceTeamDocument = new TypedDocumentString(`
    mutation AddWorkspaceTeam($workspaceUuid: Uuid!, $teamUuid: Uuid!, $role: Role!) {
  workspaceAddTeam(
    workspaceUuid: $workspaceUuid
    teamUuid: $teamUuid
    role: $role
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<AddWorkspaceTeamMutation, AddWorkspaceTeamMutationVariables>;
export const SetWorkspaceTeamDocument = new TypedDocumentString(`
    mutation SetWorkspaceTeam($workspaceUuid: Uuid!, $teamUuid: Uuid!, $role: Role!) {
  workspaceUpdateTeamRole(
    workspaceUuid: $workspaceUuid
    teamUuid: $teamUuid
    role: $role
  )
}
    `) as unknown as TypedDocumentString<SetWorkspaceTeamMutation, SetWorkspaceTeamMutationVariables>;
export const RemoveWorkspaceTeamDocument = new TypedDocumentString(`
    mutation RemoveWorkspaceTeam($workspaceUuid: Uuid!, $teamUuid: Uuid!) {
  workspaceRemoveTeam(workspaceUuid: $workspaceUuid, teamUuid: $teamUuid) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveWorkspaceTeamMutation, RemoveWorkspaceTeamMutationVariables>;
export const AddWorkspaceAccountDocument = new TypedDocumentString(`
    mutation AddWorkspaceAccount($workspaceUuid: Uuid!, $label: String!, $role: Role!) {
  createWorkspaceServiceAccount(
    workspaceUuid: $workspaceUuid
    label: $label
    role: $role
  ) {
    id
    apiKey
  }
}
    `) as unknown as TypedDocumentString<AddWorkspaceAccountMutation, AddWorkspaceAccountMutationVariables>;
export const SetWorkspaceAccountDocument = new TypedDocumentString(`
    mutation SetWorkspaceAccount($workspaceUuid: Uuid!, $serviceAccountUuid: Uuid!, $role: Role!) {
  updateWorkspaceServiceAccount(
    workspaceUuid: $workspaceUuid
    serviceAccountUuid: $serviceAccountUuid
    role: $role
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<SetWorkspaceAccountMutation, SetWorkspaceAccountMutationVariables>;
export const RemoveWorkspaceAccountDocument = new TypedDocumentString(`
    mutation RemoveWorkspaceAccount($workspaceUuid: Uuid!, $serviceAccountUuid: Uuid!) {
  deleteWorkspaceServiceAccount(
    workspaceUuid: $workspaceUuid
    serviceAccountUuid: $serviceAccountUuid
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveWorkspaceAccountMutation, RemoveWorkspaceAccountMutationVariables>;
export const AuditLinesDocument = new TypedDocumentString(`
    query AuditLines($after: String, $first: Int!, $filter: AuditLineFilter) {
  auditLines(after: $after, first: $first, filter: $filter) {
    pageInfo {
      endCursor
      hasNextPage
    }
    nodes {
      id
      createdAt
      action
      actorLabel
      actorType
      address
      objectType
      objectId
      objectLabel
      details
      requestId
    }
  }
}
    `) as unknown as TypedDocumentString<AuditLinesQuery, AuditLinesQueryVariables>;
export const CleanUpDocument = new TypedDocumentString(`
    mutation CleanUp($dryRun: Boolean!, $olderThanDays: Int) {
  cleanupDeployRevisions(dryRun: $dryRun, olderThanDays: $olderThanDays) {
    deletedBundles
    deletedRevisions
    keptRevisions
    olderThanDays
    dryRun
  }
}
    `) as unknown as TypedDocumentString<CleanUpMutation, CleanUpMutationVariables>;