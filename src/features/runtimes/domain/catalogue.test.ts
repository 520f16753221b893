import shippedSchemaRevisions from "../data/airflow-schema-revisions.json";
import shippedReleases from "../data/runtime-releases.json";
import { RuntimeCatalogue, type RuntimeRelease } from "./catalogue";

const shipped = new RuntimeCatalogue(shippedReleases, shippedSchemaRevisions);

function release(version: string, overrides: Partial<RuntimeRelease> = {}): RuntimeRelease {
  return {
    version,
    airflowVersion: "2.9.0",
    channel: "stable",
    restricted: false,
    restrictedReason: null,
    endOfMaintenance: null,
    airflowDatabaseMigrations: false,
    ...overrides,
  };
}

function versions(releases: readonly RuntimeRelease[]): string[] {
  return releases.map(({ version }) => version);
}

describe("find", () => {
  test.each([
    ["9.1.0", "9.1.0"],
    ["9.1.0-base", "9.1.0"],
    ["v11.0.0-python-3.11-slim-base", "11.0.0"],
    ["3.1-2-base", "3.1-2"],
    ["3.0-1", "3.0-1"],
    ["3.0.0", "3.0.0"],
    ["9.1.0-rc1", undefined],
    ["9.1.99", undefined],
    ["3.1-3", undefined],
    ["NA", undefined],
    [null, undefined],
  ])("%s finds %s", (text, version) => {
    expect(shipped.find(text)?.version).toBe(version);
  });

  test("a restricted release says why", () => {
    expect(shipped.find("9.0.0-base")).toMatchObject({
      restricted: true,
      restrictedReason: expect.stringContaining("scheduler"),
      airflowVersion: "2.7.0",
    });
  });
});

describe("releases", () => {
  test("all of them, newest first", () => {
    const all = shipped.releases({ includeAll: true });
    expect(all).toHaveLength(shippedReleases.length);
    expect(versions(all)).toEqual(versions(shippedReleases).reverse());
  });

  test("by default the newest of every maintained Airflow minor", () => {
    const latest = ["3.3-8", "3.2-10", "3.1-21", "3.0-18", "13.11.0", "11.8.0", "9.17.0"];
    expect(versions(shipped.releases())).toEqual(latest);
    const inUse = ["11.5.0-base", "11.8.0", "14.0.0", "no version"];
    expect(versions(shipped.releases({ inUse }))).toEqual([...latest.slice(0, 6), "11.5.0", ...latest.slice(6)]);
  });

  test.each([
    ["2.9.2", false, ["11.6.0"]],
    ["2.9.2", true, ["11.6.0", "11.5.0"]],
    ["2.3.0", false, ["5.0.1"]],
    ["2.99.0", false, []],
    ["2.3.0", true, ["5.0.1", "5.0.0"]],
    ["2.3.0-5-onbuild", true, ["5.0.1", "5.0.0"]],
    ["2.99.0", true, []],
    ["NA", true, []],
  ])("of Airflow %s (all: %s): %j", (airflowVersion, includeAll, expected) => {
    expect(versions(shipped.releases({ airflowVersion, includeAll }))).toEqual(expected);
  });

  test("of an Airflow that is out of maintenance is the newest one that is not restricted, or else the newest", () => {
    const old = { airflowVersion: "2.3.4", channel: "deprecated" };
    const restricted = { restricted: true, restrictedReason: "broken" };
    const releases = [release("5.0.6", old), release("5.0.7", old), release("5.0.8", { ...old, ...restricted })];
    expect(versions(new RuntimeCatalogue(releases, []).releases({ airflowVersion: "2.3.4" }))).toEqual(["5.0.7"]);
    expect(versions(new RuntimeCatalogue(releases.slice(2), []).releases({ airflowVersion: "2.3.4" }))).toEqual([
      "5.0.8",
    ]);
  });

  test("passes over a restricted release only if the minor has another", () => {
    const restricted = { restricted: true, restrictedReason: "broken" };
    const catalogue = new RuntimeCatalogue(
      [
        release("11.0.0"),
        release("11.1.0", { airflowVersion: "2.9.1", ...restricted }),
        release("12.0.0", { airflowVersion: "2.10.0", ...restricted }),
        release("13.0.0", { airflowVersion: "2.11.0", channel: "deprecated" }),
      ],
      [],
    );
    expect(versions(catalogue.releases())).toEqual(["12.0.0", "11.0.0"]);
  });
});

describe("the Airflow and the schema of a version", () => {
  test.each([
    ["5.0.0", "2.3.0"],
    ["9.17.0-base", "2.7.3"],
    ["3.0.0", "2.1.1"],
    ["3.0-1", "3.0.0"],
    ["99.0.0", null],
    [null, null],
  ])("Runtime %s contains Airflow %s", (runtimeVersion, airflowVersion) => {
    expect(shipped.airflowVersionOf(runtimeVersion)).toBe(airflowVersion);
  });

  test.each([
    ["2.3.0", "b1b348e02d07"],
    ["2.3.0-5-onbuild", "b1b348e02d07"],
    ["2.3.0rc1", null],
    ["2.99.0", null],
    ["NA", null],
  ])("Airflow %s has the schema %s", (airflowVersion, revision) => {
    expect(shipped.schemaRevisionOf(airflowVersion)).toBe(revision);
  });

  test("every shipped release has a known schema", () => {
    const all = shipped.releases({ includeAll: true });
    expect(all.filter((r) => shipped.schemaRevisionOf(r.airflowVersion) === null)).toEqual([]);
  });

  test("the migration flag of a release agrees with the schema of the one before", () => {
    // From 12.0.0 on the shipped list has gaps, while the flag compares with the vendor's complete one.
    const complete = shippedReleases.slice(0, versions(shippedReleases).indexOf("12.0.0"));
    const disagreeing = complete.slice(1).filter((current, index) => {
      const revision = shipped.schemaRevisionOf(current.airflowVersion);
      const revisionBefore = shipped.schemaRevisionOf(complete[index]?.airflowVersion);
      return current.airflowDatabaseMigrations !== (revision !== revisionBefore);
    });
    expect(versions(disagreeing)).toEqual([]);
  });
});

test("an unreadable version is a programming error", () => {
  expect(() => new RuntimeCatalogue([release("latest")], [])).toThrow("Not a Runtime version: latest");
});
