export { DEPLOY_ROLLBACK, storableJson, type LogLine, type NewLogLine } from "./log-line";
export { componentNamed } from "./component";
