import shippedSchemaRevisions from "../data/airflow-schema-revisions.json";
import shippedReleases from "../data/runtime-releases.json";
import type { RuntimeCatalogue } from "./catalogue";
import {
  parseAirflowVersion,
  parseRuntimeVersion,
  statedVersion,
  type AirflowVersion,
  type PlatformVersions,
  type RuntimeVersion,
} from "./version";

interface Majors {
  readonly first: number;
  readonly last: number;
}

/** As shipped: a configured catalogue may leave out what an installation does not offer, but still runs. */
const SHIPPED_RUNTIMES = shippedReleases.map(({ version }) => version);
const AIRFLOW_MAJORS = majorsOf(
  shippedSchemaRevisions.map(({ airflowVersion }) => parseAirflowVersion(airflowVersion)),
);

/**
 * Why there can be no such version, or null: its major is below the first one, or more than one above the last one that
 * is known. Everything in between may be newer than the catalogue, or somebody's own.
 */
export function noSuchMajor(versions: PlatformVersions, catalogue: RuntimeCatalogue): string | null {
  const runtime = parseRuntimeVersion(versions.runtimeVersion);
  if (runtime !== null && runtime.airflowMinor === null) {
    const known = [...SHIPPED_RUNTIMES, ...catalogue.releases({ includeAll: true }).map(({ version }) => version)];
    return outside("Runtime", runtime.major, majorsOf(known.map(oldName)));
  }
  const airflow = runtime ?? parseAirflowVersion(versions.airflowVersion);
  return airflow === null ? null : outside("Airflow", airflow.airflowMajor, AIRFLOW_MAJORS);
}

/** Whether the catalogue lacks the stated Runtime or, without one, the table of schemas the stated Airflow. */
export function isUnknownRelease(versions: PlatformVersions, catalogue: RuntimeCatalogue): boolean {
  return statedVersion(versions.runtimeVersion) !== null
    ? catalogue.find(versions.runtimeVersion) === null
    : catalogue.schemaRevisionOf(versions.airflowVersion) === null;
}

/** Returns the version; null for a Runtime of Airflow 3, such as 3.1-12, whose major is that of Airflow. */
function oldName(text: string): RuntimeVersion | null {
  const version = parseRuntimeVersion(text);
  return version?.airflowMinor === null ? version : null;
}

function majorsOf(versions: readonly (RuntimeVersion | AirflowVersion | null)[]): Majors {
  const majors = versions.flatMap((version) => {
    if (version === null) return [];
    return [version.scale === "runtime" ? version.major : version.airflowMajor];
  });
  return { first: Math.min(...majors), last: Math.max(...majors) };
}

const outside = (product: string, major: number, { first, last }: Majors): string | null =>
  major < first || major > last + 1 ? `there is no ${product} ${major}; known are ${first} to ${last}` : null;
