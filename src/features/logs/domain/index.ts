export { DEPLOY_ROLLBACK, type LogLine, type NewLogLine } from "./log-line";
export { componentNamed } from "./component";
