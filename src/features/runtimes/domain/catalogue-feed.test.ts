import { InvalidCatalogue, parseCatalogueFeed } from "./catalogue-feed";

const minimum = { metadata: { airflowVersion: "2.9.0", channel: "stable" } };

function problemsOf(document: unknown): readonly string[] {
  try {
    parseCatalogueFeed(document);
  } catch (error) {
    if (error instanceof InvalidCatalogue) return error.problems;
    throw error;
  }
  return [];
}

describe("parseCatalogueFeed reads", () => {
  test("the public feed, ignoring what it does not know", () => {
    const feed = {
      schemaVersion: "1.8",
      features: { triggerer: { introducedVersion: "4.0.0" } },
      runtimeVersions: {
        "11.0.0": {
          metadata: {
            airflowVersion: "2.9.0",
            channel: "deprecated",
            releaseDate: "2024-04-08",
            endOfSupport: "2025-10-31",
            yanked: true,
            yankedReason: "Migration fails while triggers run.",
            LTS: true,
          },
          migrations: { airflowDatabase: true, stellarDatabase: false },
        },
      },
      runtimeVersionsV3: {
        "3.1-21": {
          metadata: {
            airflowVersion: "3.1.8",
            channel: "stable",
            endOfMaintenance: "2027-09-30",
            endOfSupport: "2099-01-01",
            pythonVersions: ["3.12"],
          },
          migrations: { airflowDatabase: false },
        },
      },
    };
    expect(parseCatalogueFeed(feed)).toEqual([
      {
        version: "11.0.0",
        airflowVersion: "2.9.0",
        channel: "deprecated",
        restricted: true,
        restrictedReason: "Migration fails while triggers run.",
        endOfMaintenance: "2025-10-31",
        airflowDatabaseMigrations: true,
      },
      {
        version: "3.1-21",
        airflowVersion: "3.1.8",
        channel: "stable",
        restricted: false,
        restrictedReason: null,
        endOfMaintenance: "2027-09-30",
        airflowDatabaseMigrations: false,
      },
    ]);
  });

  const unsaid = {
    restricted: false,
    restrictedReason: null,
    endOfMaintenance: null,
    airflowDatabaseMigrations: false,
  };

  test.each([
    ["the feed's minimum", { runtimeVersions: { "11.0.0": minimum } }],
    ["the feed's minimum under the Airflow 3 key", { runtimeVersionsV3: { "11.0.0": minimum } }],
    ["an array's minimum", [{ version: "11.0.0", airflowVersion: "2.9.0", channel: "stable" }]],
  ])("%s", (_, document) => {
    expect(parseCatalogueFeed(document)).toEqual([
      { version: "11.0.0", airflowVersion: "2.9.0", channel: "stable", ...unsaid },
    ]);
  });

  test("an array of releases in full", () => {
    const release = {
      version: "9.0.0",
      airflowVersion: "2.7.0",
      channel: "stable",
      restricted: true,
      restrictedReason: "slow",
      endOfMaintenance: "2025-01-31",
      airflowDatabaseMigrations: true,
    };
    expect(parseCatalogueFeed([{ ...release, lts: true, source: "docs" }])).toEqual([release]);
  });
});

describe("parseCatalogueFeed refuses", () => {
  const shape = "expected an object with runtimeVersions or runtimeVersionsV3, or an array of releases";

  test.each([
    ["null", null, shape],
    ["text", "11.0.0", shape],
    ["another object", { data: [] }, shape],
    ["an empty array", [], "it contains no release"],
    ["an empty feed", { runtimeVersions: {} }, "it contains no release"],
    ["a section that is a list", { runtimeVersions: [] }, "runtimeVersions: expected an object"],
    ["a row that is text", ["11.0.0"], "[0]: expected an object"],
    ["no metadata", { runtimeVersions: { "11.0.0": {} } }, 'runtimeVersions["11.0.0"].metadata: expected an object'],
    [
      "migrations that are a flag",
      { runtimeVersions: { "11.0.0": { ...minimum, migrations: true } } },
      'runtimeVersions["11.0.0"].migrations: expected an object',
    ],
    [
      "a key that is no version",
      { runtimeVersionsV3: { latest: minimum } },
      'runtimeVersionsV3["latest"]: version must be a Runtime version, not "latest"',
    ],
    [
      "a release listed twice",
      { runtimeVersions: { "11.0.0": minimum, "11.0.0-base": minimum } },
      "11.0.0-base: the release 11.0.0 is listed twice",
    ],
    [
      "a row without version",
      [{ airflowVersion: "2.9.0", channel: "stable" }],
      "[0]: version must be a Runtime version, it is missing",
    ],
  ])("%s", (_, document, problem) => {
    expect(problemsOf(document)).toEqual([problem]);
  });

  test.each([
    ["airflowVersion", "NA", 'airflowVersion must be an Airflow version, not "NA"'],
    ["airflowVersion", undefined, "airflowVersion must be an Airflow version, it is missing"],
    ["channel", " ", 'channel must be a word such as stable or deprecated, not " "'],
    ["channel", 1, "channel must be a word such as stable or deprecated, not 1"],
    ["restricted", "yes", 'restricted (yanked) must be true or false, not "yes"'],
    ["restrictedReason", 5, "restrictedReason (yankedReason) must be text, not 5"],
    ["endOfMaintenance", "Oct 2025", 'endOfMaintenance must be a date YYYY-MM-DD, not "Oct 2025"'],
    ["airflowDatabaseMigrations", 0, "airflowDatabaseMigrations (airflowDatabase) must be true or false, not 0"],
  ])("%s: %j", (field, value, problem) => {
    const row = { version: "11.0.0", airflowVersion: "2.9.0", channel: "stable", [field]: value };
    expect(problemsOf([row])).toEqual([`11.0.0: ${problem}`]);
  });

  test("with every problem at once, in the message too", () => {
    const document = {
      runtimeVersions: { "11.0.0": { metadata: { channel: "stable" } }, "11.1.0": minimum, nonsense: minimum },
      runtimeVersionsV3: null,
    };
    const problems = problemsOf(document);
    expect(problems).toEqual([
      "runtimeVersionsV3: expected an object",
      'runtimeVersions["11.0.0"]: airflowVersion must be an Airflow version, it is missing',
      'runtimeVersions["nonsense"]: version must be a Runtime version, not "nonsense"',
    ]);
    expect(new InvalidCatalogue(problems).message.split("\n")).toHaveLength(4);
  });
});
