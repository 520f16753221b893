export { CatalogueNotLoaded, loadCatalogue } from "./app/load-catalogue";
export { AirflowImages, type AirflowImage } from "./domain/airflow-images";
export { canLeaveAirflow3, EARLIEST_RUNTIME_THAT_CAN_LEAVE_AIRFLOW_3, isAirflow3To2 } from "./domain/airflow-3";
export {
  RuntimeCatalogue,
  type AirflowSchemaRevision,
  type ReleaseFilter,
  type RuntimeRelease,
} from "./domain/catalogue";
export { InvalidCatalogue, parseCatalogueFeed } from "./domain/catalogue-feed";
export { airflowVersionOf, databaseMigration, type DatabaseMigration } from "./domain/database-migration";
export { meetsRollbackFloor, ROLLBACK_FLOOR_AIRFLOW, ROLLBACK_FLOOR_RUNTIME } from "./domain/rollback-floor";
export {
  compareVersions,
  isAirflowAtLeast,
  isRuntimeAtLeast,
  isStated,
  parseAirflowVersion,
  parseRuntimeVersion,
  type AirflowVersion,
  type PlatformVersions,
  type RuntimeVersion,
} from "./domain/version";
