export * from "./domain";
export type { CurrentActors, AccessReadModel, AccessStores, InvitationStores, SessionTokens } from "./app/ports";
export type { AdminStores, TeamReadModel, TeamStores } from "./app/team-ports";
export { syncTeamMemberships, type SyncedTeams } from "./app/sync-team-memberships";
export { CreateUser } from "./app/create-user";
export type { FirstAdministrator } from "./app/first-administrator";
export { ServiceAccounts } from "./app/service-accounts";
export { Sessions } from "./app/sessions";
export { SignIn, WrongCredentials } from "./app/sign-in";
