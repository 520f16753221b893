export type { Email, RoleBinding, ServiceAccount, Team, User } from "./domain/accounts";
export { checkEmail } from "./domain/accounts";
export { actorName, parseActorName, type Account } from "./domain/actor-name";
export { holdsRole, requireGrantable } from "./domain/granting";
export {
  DEPLOYMENT_ROLES,
  grantsOf,
  isDeploymentRole,
  isWorkspaceRole,
  ROLES,
  rolePermissions,
  type Role,
  type RoleOverrides,
  type RolePermissions,
} from "./domain/roles";
export { requireAdminsLeft, type AdminsLeft } from "./domain/last-admins";
export { LOCAL } from "./domain/teams";
export { readUserSearch, type GivenUserSearch, type UserSearch } from "./domain/user-search";
export type { AccessReadModel, AccessStores, SessionTokens } from "./app/ports";
export type { AdminStores, Subject, TeamReadModel, TeamStores } from "./app/team-ports";
export { keepAdmins } from "./app/keep-admins";
export { syncTeamMemberships, type SyncedTeams } from "./app/sync-team-memberships";
export { CreateUser } from "./app/create-user";
export { ServiceAccounts } from "./app/service-accounts";
export { Sessions } from "./app/sessions";
export { SignIn, WrongCredentials } from "./app/sign-in";
