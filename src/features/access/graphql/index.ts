export { accessLoaders, type AccessLoaders } from "./access.loaders";
export { Role, RoleBinding, ServiceAccount, User } from "./access.types";
export { presentServiceAccount } from "./present";
