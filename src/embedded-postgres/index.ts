export { DataFolderInUse } from "./ownership";
export { findRunningPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from "./start-embedded-postgres";
