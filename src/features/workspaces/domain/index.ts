export { CREATE_DEPLOYMENTS, LIST_DEPLOYMENTS, UPSERT_DEPLOYMENTS, type Workspace } from "./workspace";
