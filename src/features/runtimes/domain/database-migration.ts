import type { RuntimeCatalogue } from "./catalogue";
import {
  compareVersions,
  isStated,
  parseAirflowVersion,
  parseRuntimeVersion,
  type AirflowVersion,
  type PlatformVersions,
  type RuntimeVersion,
} from "./version";

export interface DatabaseMigration {
  readonly direction: "NONE" | "UPGRADE" | "DOWNGRADE";
  /** Alembic head; null if the schema of that side is not known. */
  readonly fromRevision: string | null;
  readonly toRevision: string | null;
  /** What newer features stored is erased and cannot be recovered: true exactly for a DOWNGRADE. */
  readonly losesData: boolean;
}

interface Side {
  readonly runtime: RuntimeVersion | null;
  readonly airflow: AirflowVersion | null;
  /** `2.9`; from the Runtime's name where the Airflow version is unknown; null if that does not tell. */
  readonly airflowMinor: string | null;
  readonly schemaRevision: string | null;
}

/**
 * The step that Airflow's metadata database needs when a Deployment goes from one version to another:
 * none if both have the same schema, otherwise up or down by *Airflow* order, which is neither date
 * order nor Runtime order. Source: public documentation, software/deploy-rollbacks, where a rollback to
 * an older schema downgrades it.
 *
 * Where facts are missing, the answer leans towards a warning too many:
 * - A schema that is not in the table counts as different if the Airflow minor differs or is unknown.
 *   Within one minor it counts as the same, though a patch release can bring a migration (2.9.2 does):
 *   otherwise every build newer than the table would demand a downgrade.
 * - If one side's Airflow is unknown, Runtime order decides; if one side has no readable Runtime
 *   either, it is a DOWNGRADE.
 */
export function databaseMigration(
  from: PlatformVersions,
  to: PlatformVersions,
  catalogue: RuntimeCatalogue,
): DatabaseMigration {
  const source = describe(from, catalogue);
  const target = describe(to, catalogue);
  const direction = haveSameSchema(source, target) ? "NONE" : directionBetween(source, target);
  return {
    direction,
    fromRevision: source.schemaRevision,
    toRevision: target.schemaRevision,
    losesData: direction === "DOWNGRADE",
  };
}

/**
 * The Airflow that these versions run: of a stated Runtime the one in the catalogue; the stated Airflow
 * version where no Runtime is stated, or one that the catalogue does not know. Null if neither tells.
 */
export function airflowVersionOf(versions: PlatformVersions, catalogue: RuntimeCatalogue): AirflowVersion | null {
  return parseAirflowVersion(catalogue.airflowVersionOf(versions.runtimeVersion) ?? versions.airflowVersion);
}

function describe(versions: PlatformVersions, catalogue: RuntimeCatalogue): Side {
  const runtime = isStated(versions.runtimeVersion) ? parseRuntimeVersion(versions.runtimeVersion) : null;
  const airflow = airflowVersionOf(versions, catalogue);
  return {
    runtime,
    airflow,
    airflowMinor: airflow?.airflowMinor ?? runtime?.airflowMinor ?? null,
    schemaRevision: catalogue.schemaRevisionOf(airflow?.release),
  };
}

function haveSameSchema(from: Side, to: Side): boolean {
  if (from.schemaRevision !== null && to.schemaRevision !== null) return from.schemaRevision === to.schemaRevision;
  return from.airflowMinor !== null && from.airflowMinor === to.airflowMinor;
}

function directionBetween(from: Side, to: Side): DatabaseMigration["direction"] {
  if (from.airflow !== null && to.airflow !== null) return towards(compareVersions(to.airflow, from.airflow));
  if (from.runtime !== null && to.runtime !== null) return towards(compareVersions(to.runtime, from.runtime));
  return "DOWNGRADE";
}

function towards(targetAgainstSource: number): DatabaseMigration["direction"] {
  if (targetAgainstSource === 0) return "NONE";
  return targetAgainstSource < 0 ? "DOWNGRADE" : "UPGRADE";
}
