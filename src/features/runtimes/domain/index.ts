export { AirflowImages } from "./airflow-images";
export { canLeaveAirflow3, isAirflow3To2 } from "./airflow-3";
export { RuntimeCatalogue } from "./catalogue";
export { airflowVersionOf, databaseMigration, type DatabaseMigration } from "./database-migration";
export { isUnknownRelease, noSuchMajor } from "./known-releases";
export { meetsRollbackFloor, ROLLBACK_FLOOR_AIRFLOW, ROLLBACK_FLOOR_RUNTIME } from "./rollback-floor";
export {
  compareVersions,
  isOlderAirflow,
  parseAirflowVersion,
  parseRuntimeVersion,
  statedVersion,
  type AirflowVersion,
  type PlatformVersions,
} from "./version";
