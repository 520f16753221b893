import { isAirflowAtLeast, isRuntimeAtLeast, isStated, type PlatformVersions } from "./version";

/**
 * The oldest versions between which a Deployment can be rolled back, inclusive; they are the same
 * release on the two scales. Source: public documentation, software/deploy-rollbacks.
 */
export const ROLLBACK_FLOOR_RUNTIME = "5.0.0";
export const ROLLBACK_FLOOR_AIRFLOW = "2.3.0";

/**
 * True only if the versions prove it: a missing or unreadable one does not. A stated Runtime version
 * decides alone, even an unreadable one; the Airflow version counts only where no Runtime is stated.
 */
export function meetsRollbackFloor({ runtimeVersion, airflowVersion }: PlatformVersions): boolean {
  return isStated(runtimeVersion)
    ? isRuntimeAtLeast(ROLLBACK_FLOOR_RUNTIME, runtimeVersion)
    : isAirflowAtLeast(ROLLBACK_FLOOR_AIRFLOW, airflowVersion);
}
