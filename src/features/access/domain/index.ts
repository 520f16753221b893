export type { RoleBinding, Team, User } from "./accounts";
export { checkEmail } from "./accounts";
export { Directory } from "./directory";
export { actorName, parseActorName, type Account } from "./actor-name";
export { holdsRole, requireAllGrantable, requireGrantable, rolesWithin } from "./granting";
export { grantsOf, type Role, type RolePermissions } from "./roles";
export { requireAdminsLeft } from "./last-admins";
export { readUserSearch, type GivenUserSearch } from "./user-search";
