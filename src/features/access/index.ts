export type { Email, RoleBinding, ServiceAccount, User } from "./domain/accounts";
export { checkEmail } from "./domain/accounts";
export { requireGrantable } from "./domain/granting";
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
export type { AccessReadModel, AccessStores } from "./app/ports";
export { CreateUser } from "./app/create-user";
export { ServiceAccounts } from "./app/service-accounts";
export { Sessions } from "./app/sessions";
export { SignIn } from "./app/sign-in";
