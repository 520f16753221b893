export { DEPLOY_TASKS } from "./app/ports";
