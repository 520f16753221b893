export { CREATE_DEPLOYMENTS, LIST_DEPLOYMENTS, UPDATE, UPSERT_DEPLOYMENTS, type Workspace } from "./workspace";
