import { DomainError, InvalidInput } from "../../../kernel/errors";
import {
  airflowVersionOf,
  compareVersions,
  isOlderAirflow,
  noSuchMajor,
  parseAirflowVersion,
  parseRuntimeVersion,
  statedVersion,
  type AirflowImages,
  type AirflowVersion,
  type PlatformVersions,
  type RuntimeCatalogue,
} from "../../runtimes/domain";
import type { Deployment } from "./deployment";

/** What an image holds: a Runtime, or an Airflow without one. */
export type Versions = PlatformVersions;

/** Ordinary deploys and upgrades refuse a downgrade; only a rollback allows one. */
export class DowngradeRefused extends DomainError {
  readonly code = "DOWNGRADE_REFUSED";

  constructor(from: string, to: string, hasRun: boolean) {
    const remedy = hasRun ? "; to go back, roll back to an earlier deploy" : "";
    super(`${to} is older than ${from}, which the Deployment runs or is about to run${remedy}`);
  }
}

/** NEVER_RAN: nothing was ever rolled out, or is about to be, so there is nothing that could be downgraded. */
export type Past = "IS_CREATED" | "NEVER_RAN" | "HAS_RUN";

export const pastOf = ({ headRevisionId }: Pick<Deployment, "headRevisionId">): Past =>
  headRevisionId === null ? "NEVER_RAN" : "HAS_RUN";

/** Versions as given: trimmed, and null if left out, blank or `NA`. */
export const givenVersions = (given: { readonly [K in keyof Versions]?: string | null | undefined }): Versions => ({
  runtimeVersion: statedVersion(given.runtimeVersion),
  airflowVersion: statedVersion(given.airflowVersion),
});

/** Which versions the installation takes. */
export interface VersionRules {
  readonly catalogue: RuntimeCatalogue;
  readonly minimumRuntimeVersion: string;
  readonly allowUnknownRuntimeVersions: boolean;
}

/**
 * The versions of a new image or Deployment as they are kept.
 * @throws InvalidInput if one is malformed, of a major that does not exist, or a Runtime older than the platform runs
 */
export function checkVersions(given: Versions, rules: VersionRules, argument = "runtimeVersion"): Versions {
  const { runtimeVersion, airflowVersion } = checkForm(given, rules, argument);
  const missing = rules.allowUnknownRuntimeVersions ? null : noSuchMajor(given, rules.catalogue);
  if (missing !== null) {
    throw new InvalidInput(
      runtimeVersion === null ? ofAirflow(argument) : argument,
      `${missing} (astronomer.houston.config.deployments.allowUnknownRuntimeVersions: true allows it)`,
    );
  }
  return { runtimeVersion, airflowVersion };
}

const ofAirflow = (argument: string): string => (argument === "runtimeVersion" ? "airflowVersion" : argument);

function checkForm(
  { runtimeVersion, airflowVersion }: Versions,
  { minimumRuntimeVersion }: Pick<VersionRules, "minimumRuntimeVersion">,
  argument: string,
): Versions {
  if (runtimeVersion !== null) {
    const parsed = parseRuntimeVersion(runtimeVersion);
    const minimum = parseRuntimeVersion(minimumRuntimeVersion);
    if (parsed === null) throw new InvalidInput(argument, `${excerpt(runtimeVersion)} is not a Runtime version`);
    if (minimum !== null && compareVersions(parsed, minimum) < 0) {
      throw new InvalidInput(
        argument,
        `${runtimeVersion} is older than ${minimumRuntimeVersion}, the oldest that runs here`,
      );
    }
    return { runtimeVersion, airflowVersion: null };
  }
  if (airflowVersion !== null && parseAirflowVersion(airflowVersion) === null) {
    throw new InvalidInput(ofAirflow(argument), `${excerpt(airflowVersion)} is not an Airflow version`);
  }
  return { runtimeVersion: null, airflowVersion };
}

/** Shortens a value for a message. */
const excerpt = (text: string): string => JSON.stringify(text.length > 50 ? `${text.slice(0, 50)}…` : text);

/**
 * Compared on the Runtime scale where both run a Runtime, else by the Airflow inside; the two scales are
 * never mixed, and between a Runtime and an Airflow image hotfix numbers do not count, since a Runtime has
 * none. What cannot be compared is let through.
 * @param hasRun whether an earlier deploy can be rolled back to
 * @throws DowngradeRefused
 */
export function refuseDowngrade(
  from: Versions,
  to: Versions,
  { catalogue, hasRun }: { readonly catalogue: RuntimeCatalogue; readonly hasRun: boolean },
): void {
  if (from.runtimeVersion !== null && to.runtimeVersion !== null) {
    const [a, b] = [parseRuntimeVersion(from.runtimeVersion), parseRuntimeVersion(to.runtimeVersion)];
    if (a !== null && b !== null && compareVersions(b, a) < 0) {
      throw new DowngradeRefused(`Runtime ${from.runtimeVersion}`, `Runtime ${to.runtimeVersion}`, hasRun);
    }
    return;
  }
  const betweenScales = from.runtimeVersion !== null || to.runtimeVersion !== null;
  const inside = (versions: Versions): AirflowVersion | null => {
    const version = airflowVersionOf(versions, catalogue);
    return betweenScales && version !== null ? parseAirflowVersion(version.release) : version;
  };
  const [a, b] = [inside(from), inside(to)];
  if (a !== null && b !== null && isOlderAirflow(b, a)) {
    const shown = (versions: Versions, { release }: AirflowVersion): string =>
      `Airflow ${a.release === b.release ? (versions.airflowVersion ?? release) : release}`;
    throw new DowngradeRefused(shown(from, a), shown(to, b), hasRun);
  }
}

/**
 * Returns the version to upgrade to; null if the Deployment runs it already.
 * @throws InvalidInput if it is malformed or unknown, or a migration from Airflow would change Airflow as well
 * @throws DowngradeRefused
 */
export function pendingRuntime(deployment: Versions, given: string, rules: VersionRules, past: Past): string | null {
  const { catalogue } = rules;
  const desired = given.trim();
  const wanted = checkForm({ runtimeVersion: desired, airflowVersion: null }, rules, "desiredRuntimeVersion");
  if (catalogue.find(desired) === null) {
    throw new InvalidInput("desiredRuntimeVersion", `${desired} is not in the catalogue of Runtime releases`);
  }
  if (past !== "NEVER_RAN") refuseDowngrade(deployment, wanted, { catalogue, hasRun: past === "HAS_RUN" });
  if (deployment.runtimeVersion === null && deployment.airflowVersion !== null) {
    if (airflowVersionOf(wanted, catalogue)?.release !== airflowVersionOf(deployment, catalogue)?.release) {
      throw new InvalidInput(
        "desiredRuntimeVersion",
        `moving to a Runtime and upgrading Airflow cannot be one step: take a Runtime with Airflow ${deployment.airflowVersion}`,
      );
    }
  }
  return desired === deployment.runtimeVersion ? null : desired;
}

/**
 * Returns the Airflow version to upgrade to; null if the Deployment runs it already.
 * @throws InvalidInput if the Deployment runs a Runtime, or there is no image of that version
 * @throws DowngradeRefused
 */
export function pendingAirflow(
  deployment: Deployment,
  given: string,
  rules: VersionRules & { readonly airflowImages: AirflowImages },
): string | null {
  const argument = "desiredAirflowVersion";
  const desired = given.trim();
  if (deployment.runtimeVersion !== null) {
    throw new InvalidInput(
      argument,
      `the Deployment runs Runtime ${deployment.runtimeVersion}: upgrade it by updateDeploymentRuntime`,
    );
  }
  // Also a version that is no longer in the catalogue: naming the version that runs is how clients cancel an upgrade.
  if (desired === deployment.airflowVersion) return null;
  const wanted = checkForm({ runtimeVersion: null, airflowVersion: desired }, rules, argument);
  if (!rules.airflowImages.has(desired)) throw new InvalidInput(argument, `there is no image of Airflow ${desired}`);
  if (pastOf(deployment) === "HAS_RUN") refuseDowngrade(deployment, wanted, { ...rules, hasRun: true });
  return desired;
}
