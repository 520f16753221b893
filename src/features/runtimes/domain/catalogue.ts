import { compareVersions, parseAirflowVersion, parseRuntimeVersion, type RuntimeVersion } from "./version";

export interface RuntimeRelease {
  readonly version: string;
  readonly airflowVersion: string;
  /** The feed's word: `stable` or `deprecated`, and for previews any other. */
  readonly channel: string;
  /** Withdrawn by the vendor ("yanked"): usable at one's own risk, whatever the channel. */
  readonly restricted: boolean;
  /** Null if unrestricted, or if no reason was given. */
  readonly restrictedReason: string | null;
  /** Last day of maintenance, `YYYY-MM-DD`; null if not announced. */
  readonly endOfMaintenance: string | null;
  /**
   * Whether the release just before this one has another schema. Says nothing about any other pair of
   * versions: for that, compare `schemaRevisionOf`.
   */
  readonly airflowDatabaseMigrations: boolean;
}

/** The Alembic head that a release of Airflow brings its metadata database to. */
export interface AirflowSchemaRevision {
  readonly airflowVersion: string;
  readonly schemaRevision: string;
}

export interface ReleaseFilter {
  /** Only releases that contain exactly this Airflow; a hotfix number or flavour does not count. */
  readonly airflowVersion?: string | undefined;
  /** Runtime versions that are in use: their releases belong to the list too, unless it is of one Airflow. */
  readonly inUse?: readonly string[] | undefined;
  /** Every release. Otherwise see {@link RuntimeCatalogue.releases}. */
  readonly includeAll?: boolean | undefined;
}

interface Entry {
  readonly version: RuntimeVersion;
  readonly release: RuntimeRelease;
}

/** The Runtime releases known to the installation. Immutable: a refreshed feed makes a new one. */
export class RuntimeCatalogue {
  private readonly newestFirst: readonly RuntimeRelease[];
  private readonly byName: ReadonlyMap<string, RuntimeRelease>;
  private readonly schemaRevisions: ReadonlyMap<string, string>;

  /** @throws Error if a version of `releases` cannot be read; `parseCatalogueFeed` lets none through. */
  constructor(releases: readonly RuntimeRelease[], schemaRevisions: readonly AirflowSchemaRevision[]) {
    const entries = releases.map(toEntry).sort((a, b) => compareVersions(b.version, a.version));
    this.newestFirst = entries.map(({ release }) => release);
    this.byName = new Map(entries.map(({ version, release }) => [version.release, release]));
    this.schemaRevisions = new Map(schemaRevisions.map((row) => [row.airflowVersion, row.schemaRevision]));
  }

  /** A flavour is found as its release: `9.1.0-base` as 9.1.0. Null if unknown or unreadable. */
  find(runtimeVersion: string | null | undefined): RuntimeRelease | null {
    const version = parseRuntimeVersion(runtimeVersion);
    return version === null ? null : (this.byName.get(version.release) ?? null);
  }

  /**
   * Newest version first. Unless `includeAll`, what a person should choose from: of every Airflow minor (`2.9`, `3.1`)
   * the newest release that is not deprecated, and a restricted one only if there is no other. The platform's
   * `enableListAllRuntimeVersions` promises no more than "deprecated and non-latest versions"; that "latest" goes by
   * Airflow minor, and passes over restricted releases, is our reading, for these are the series that the maintenance
   * policy counts.
   *
   * What is `inUse` is listed as well: the `astro` CLI asks before it deploys a release that is not, which nobody should be
   * asked about the one that runs.
   *
   * For one `airflowVersion` a deprecated release is returned if there is no other: moving to a Runtime from an Airflow
   * that is out of maintenance needs one.
   */
  releases({ airflowVersion, inUse = [], includeAll = false }: ReleaseFilter = {}): readonly RuntimeRelease[] {
    if (airflowVersion === undefined) {
      if (includeAll) return this.newestFirst;
      const listed = new Set([...latestOfEachAirflowMinor(this.newestFirst), ...inUse.map((one) => this.find(one))]);
      return this.newestFirst.filter((release) => listed.has(release));
    }
    const matching = this.releasesContaining(airflowVersion);
    if (includeAll) return matching;
    const current = latestOfEachAirflowMinor(matching);
    return current.length > 0 ? current : newestUsable(matching);
  }

  /** The Airflow that a Runtime contains; null for an unknown Runtime. */
  airflowVersionOf(runtimeVersion: string | null | undefined): string | null {
    return this.find(runtimeVersion)?.airflowVersion ?? null;
  }

  /** A hotfix number or flavour does not count. Null if the table does not name this very release. */
  schemaRevisionOf(airflowVersion: string | null | undefined): string | null {
    const version = parseAirflowVersion(airflowVersion);
    return version === null ? null : (this.schemaRevisions.get(version.release) ?? null);
  }

  private releasesContaining(airflowVersion: string): readonly RuntimeRelease[] {
    const wanted = parseAirflowVersion(airflowVersion)?.release;
    if (wanted === undefined) return [];
    return this.newestFirst.filter((release) => parseAirflowVersion(release.airflowVersion)?.release === wanted);
  }
}

function toEntry(release: RuntimeRelease): Entry {
  const version = parseRuntimeVersion(release.version);
  if (version === null) throw new Error(`Not a Runtime version: ${release.version}`);
  return { version, release };
}

const newestUsable = (newestFirst: readonly RuntimeRelease[]): readonly RuntimeRelease[] =>
  [newestFirst.find(({ restricted }) => !restricted) ?? newestFirst[0]].filter((release) => release !== undefined);

function latestOfEachAirflowMinor(newestFirst: readonly RuntimeRelease[]): readonly RuntimeRelease[] {
  const current = newestFirst.filter((release) => release.channel !== "deprecated");
  const latest = new Map<string, RuntimeRelease>();
  for (const release of [...current.filter((r) => !r.restricted), ...current]) {
    const minor = parseAirflowVersion(release.airflowVersion)?.airflowMinor ?? release.airflowVersion;
    if (!latest.has(minor)) latest.set(minor, release);
  }
  const chosen = new Set(latest.values());
  return newestFirst.filter((release) => chosen.has(release));
}
