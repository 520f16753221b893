import type { RuntimeRelease } from "./catalogue";
import { parseAirflowVersion, parseRuntimeVersion } from "./version";

/** A catalogue document that cannot be used, with everything that is wrong with it. */
export class InvalidCatalogue extends Error {
  constructor(readonly problems: readonly string[]) {
    super(["The Runtime catalogue is not usable:", ...problems.map((problem) => `  ${problem}`)].join("\n"));
    this.name = "InvalidCatalogue";
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

/** One release of either shape, before it is checked. */
interface RawRelease {
  /** Where in the document, for the messages. */
  readonly path: string;
  readonly version: unknown;
  readonly airflowVersion: unknown;
  readonly channel: unknown;
  readonly restricted: unknown;
  readonly restrictedReason: unknown;
  readonly endOfMaintenance: unknown;
  readonly airflowDatabaseMigrations: unknown;
}

/**
 * Reads either shape of catalogue: the public feed (updates.astronomer.io/astronomer-runtime, schema
 * 1.x), where `runtimeVersions` and `runtimeVersionsV3` map a version to its `metadata` and
 * `migrations`; or an array of releases, as shipped. Of each release only version, `airflowVersion` and
 * `channel` are required, as in the platform's chart (`runtimeReleasesConfig`); what is not said about
 * restriction and migrations is taken as no. Fields it does not know are ignored.
 *
 * @throws InvalidCatalogue naming every problem at once.
 */
export function parseCatalogueFeed(document: unknown): readonly RuntimeRelease[] {
  const problems: string[] = [];
  const raw = Array.isArray(document) ? fromArray(document, problems) : fromFeed(document, problems);
  const releases = raw.map((release) => checkRelease(release, problems));
  if (problems.length === 0 && releases.length === 0) problems.push("it contains no release");
  problems.push(...findDuplicates(releases));
  if (problems.length > 0) throw new InvalidCatalogue(problems);
  return releases;
}

function fromArray(document: readonly unknown[], problems: string[]): RawRelease[] {
  return document.flatMap((entry, index) => {
    const path = `[${index}]`;
    const row = objectAt(path, entry, problems);
    if (row === null) return [];
    return [
      {
        path: typeof row["version"] === "string" ? row["version"] : path,
        version: row["version"],
        airflowVersion: row["airflowVersion"],
        channel: row["channel"],
        restricted: row["restricted"],
        restrictedReason: row["restrictedReason"],
        endOfMaintenance: row["endOfMaintenance"],
        airflowDatabaseMigrations: row["airflowDatabaseMigrations"],
      },
    ];
  });
}

function fromFeed(document: unknown, problems: string[]): RawRelease[] {
  const feed = isObject(document) ? document : {};
  const sections = ["runtimeVersions", "runtimeVersionsV3"].filter((name) => feed[name] !== undefined);
  if (sections.length === 0) {
    problems.push("expected an object with runtimeVersions or runtimeVersionsV3, or an array of releases");
  }
  return sections.flatMap((section) =>
    Object.entries(objectAt(section, feed[section], problems) ?? {}).flatMap(([version, entry]) =>
      fromFeedEntry(`${section}["${version}"]`, version, entry, problems),
    ),
  );
}

function fromFeedEntry(path: string, version: string, entry: unknown, problems: string[]): RawRelease[] {
  const release = objectAt(path, entry, problems);
  if (release === null) return [];
  const metadata = objectAt(`${path}.metadata`, release["metadata"], problems);
  const migrations = objectAt(`${path}.migrations`, release["migrations"] ?? {}, problems);
  if (metadata === null || migrations === null) return [];
  return [
    {
      path,
      version,
      airflowVersion: metadata["airflowVersion"],
      channel: metadata["channel"],
      restricted: metadata["yanked"],
      restrictedReason: metadata["yankedReason"],
      // Entries of Airflow 2 have the date under the older name only.
      endOfMaintenance: metadata["endOfMaintenance"] ?? metadata["endOfSupport"],
      airflowDatabaseMigrations: migrations["airflowDatabase"],
    },
  ];
}

/** The result is fit for use only if no problem was added. */
function checkRelease(raw: RawRelease, problems: string[]): RuntimeRelease {
  type Test<T> = (value: unknown) => value is T;
  const check = <T>(field: string, value: unknown, fits: Test<T>, expected: string, otherwise: T): T => {
    if (fits(value)) return value;
    const actual = value === undefined ? "it is missing" : `not ${JSON.stringify(value)}`;
    problems.push(`${raw.path}: ${field} must be ${expected}, ${actual}`);
    return otherwise;
  };
  return {
    version: check("version", raw.version, isRuntimeVersion, "a Runtime version", ""),
    airflowVersion: check("airflowVersion", raw.airflowVersion, isAirflowVersion, "an Airflow version", ""),
    channel: check("channel", raw.channel, isWord, "a word such as stable or deprecated", ""),
    restricted: check("restricted (yanked)", raw.restricted ?? false, isBoolean, "true or false", false),
    restrictedReason: check(
      "restrictedReason (yankedReason)",
      raw.restrictedReason ?? null,
      isTextOrNull,
      "text",
      null,
    ),
    endOfMaintenance: check("endOfMaintenance", raw.endOfMaintenance ?? null, isDateOrNull, "a date YYYY-MM-DD", null),
    airflowDatabaseMigrations: check(
      "airflowDatabaseMigrations (airflowDatabase)",
      raw.airflowDatabaseMigrations ?? false,
      isBoolean,
      "true or false",
      false,
    ),
  };
}

/** Two flavours of one release are duplicates too: a look-up could not choose between them. */
function findDuplicates(releases: readonly RuntimeRelease[]): string[] {
  const seen = new Set<string>();
  return releases.flatMap(({ version }) => {
    const release = parseRuntimeVersion(version)?.release;
    if (release === undefined) return [];
    if (seen.has(release)) return [`${version}: the release ${release} is listed twice`];
    seen.add(release);
    return [];
  });
}

function objectAt(path: string, value: unknown, problems: string[]): JsonObject | null {
  if (isObject(value)) return value;
  problems.push(`${path}: expected an object`);
  return null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isDateOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value));
}

function isRuntimeVersion(value: unknown): value is string {
  return typeof value === "string" && parseRuntimeVersion(value) !== null;
}

function isAirflowVersion(value: unknown): value is string {
  return typeof value === "string" && parseAirflowVersion(value) !== null;
}
