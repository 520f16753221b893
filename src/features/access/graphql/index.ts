export { AuthConfig, AuthProvider, Invitation, Role, RoleBinding, ServiceAccount, User } from "./access.types";
export { presentServiceAccount, visibleBindings } from "./present";
export { Team } from "./team.types";
export { UserSearch } from "./user-search.input";
