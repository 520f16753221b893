import { compareVersions, parseAirflowVersion, type AirflowVersion } from "./version";

export interface AirflowImage {
  readonly version: string;
  readonly tag: string;
}

/** The images of Airflow without a Runtime. No new ones are made, so that the list is not configurable. */
export class AirflowImages {
  /** Newest first. */
  readonly all: readonly AirflowImage[];
  private readonly releases: ReadonlySet<string>;

  /** @throws Error if a version cannot be read */
  constructor(versions: readonly string[]) {
    const parsed = versions.map(readVersion).sort((a, b) => compareVersions(b, a));
    // Such tags follow the newest hotfix. Source: the README of github.com/astronomer/ap-airflow.
    this.all = parsed.map(({ release }) => ({ version: release, tag: `${release}-onbuild` }));
    this.releases = new Set(parsed.map(({ release }) => release));
  }

  /** A hotfix number or flavour does not count: every release has them. */
  has(version: string): boolean {
    const release = parseAirflowVersion(version)?.release;
    return release !== undefined && this.releases.has(release);
  }
}

function readVersion(text: string): AirflowVersion {
  const version = parseAirflowVersion(text);
  if (version === null) throw new Error(`Not an Airflow version: ${text}`);
  return version;
}
