import type { RuntimeCatalogue } from "./catalogue";
import { airflowVersionOf } from "./database-migration";
import { isRuntimeAtLeast, parseRuntimeVersion, type PlatformVersions } from "./version";

/**
 * The first Runtime of Airflow 3 that can be left for Airflow 2 again; 3.0-1 to 3.1-1 never can.
 * Source: public documentation of platform version 2, deploy-rollbacks.
 */
const EARLIEST_RUNTIME_THAT_CAN_LEAVE_AIRFLOW_3 = "3.1-2";

/** Whether going from one to the other leaves Airflow 3. False if either side's Airflow cannot be told. */
export function isAirflow3To2(from: PlatformVersions, to: PlatformVersions, catalogue: RuntimeCatalogue): boolean {
  const source = airflowMajorOf(from, catalogue);
  const target = airflowMajorOf(to, catalogue);
  return source !== null && target !== null && source >= 3 && target < 3;
}

/** False for what is not proven to be {@link EARLIEST_RUNTIME_THAT_CAN_LEAVE_AIRFLOW_3} or newer. */
export function canLeaveAirflow3(runtimeVersion: string | null): boolean {
  return isRuntimeAtLeast(EARLIEST_RUNTIME_THAT_CAN_LEAVE_AIRFLOW_3, runtimeVersion);
}

/** The form of a Runtime's name tells its Airflow major even if the catalogue does not know it. */
function airflowMajorOf(versions: PlatformVersions, catalogue: RuntimeCatalogue): number | null {
  const runtime = parseRuntimeVersion(versions.runtimeVersion);
  return runtime?.airflowMajor ?? airflowVersionOf(versions, catalogue)?.airflowMajor ?? null;
}
