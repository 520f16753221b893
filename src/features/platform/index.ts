export { loadCatalogue } from "./app/load-catalogue";
export { AirflowImages } from "./domain/airflow-images";
export { canLeaveAirflow3, isAirflow3To2 } from "./domain/airflow-3";
export { RuntimeCatalogue } from "./domain/catalogue";
export { airflowVersionOf, databaseMigration, type DatabaseMigration } from "./domain/database-migration";
export { meetsRollbackFloor, ROLLBACK_FLOOR_AIRFLOW, ROLLBACK_FLOOR_RUNTIME } from "./domain/rollback-floor";
export {
  compareVersions,
  parseAirflowVersion,
  parseRuntimeVersion,
  type AirflowVersion,
  type PlatformVersions,
} from "./domain/version";
