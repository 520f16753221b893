import shippedSchemaRevisions from "../data/airflow-schema-revisions.json";
import shippedReleases from "../data/runtime-releases.json";
import { RuntimeCatalogue } from "./catalogue";
import { airflowVersionOf, databaseMigration } from "./database-migration";
import type { PlatformVersions } from "./version";

const catalogue = new RuntimeCatalogue(shippedReleases, shippedSchemaRevisions);

const runtime = (runtimeVersion: string, airflowVersion: string | null = null): PlatformVersions => ({
  runtimeVersion,
  airflowVersion,
});
const airflow = (airflowVersion: string | null): PlatformVersions => ({ runtimeVersion: null, airflowVersion });

const directionOf = (from: string, to: string) => databaseMigration(runtime(from), runtime(to), catalogue).direction;

const versionsOfMajor = (major: string): string[] =>
  shippedReleases.map(({ version }) => version).filter((version) => version.startsWith(`${major}.`));

describe("databaseMigration between Runtimes", () => {
  test.each([
    ["11.5.0", "11.4.0", "DOWNGRADE"], // Airflow 2.9.2 → 2.9.1: a patch release with a migration
    ["11.4.0", "11.5.0", "UPGRADE"],
    ["11.4.0", "11.0.0", "NONE"], // 2.9.1 → 2.9.0
    ["11.0.0", "11.4.0", "NONE"],
    ["9.17.0", "9.0.0", "NONE"], // 2.7.3 → 2.7.0
    ["9.17.0", "9.5.0", "NONE"], // same Airflow
    ["9.11.0", "9.10.2", "NONE"], // older in version order, newer by date
    ["9.10.2", "9.11.0", "NONE"],
    ["13.0.0", "12.12.0", "NONE"], // 2.11 brought no migration
    ["13.11.0", "12.12.0", "NONE"],
    ["13.0.0", "12.0.0", "DOWNGRADE"],
    ["8.0.0", "7.6.0", "DOWNGRADE"],
    ["5.0.2", "5.0.1", "DOWNGRADE"],
    ["5.0.1", "5.0.0", "NONE"],
    ["3.0-1", "13.11.0", "DOWNGRADE"],
    ["13.11.0", "3.0-1", "UPGRADE"],
    ["3.2-2", "3.2-1", "NONE"],
    ["3.1-21", "3.1-8", "DOWNGRADE"],
    ["3.1-8", "3.1-1", "NONE"],
    ["11.5.0-base", "11.4.0-python-3.11-slim-base", "DOWNGRADE"],
    ["11.5.0", "11.5.0-base", "NONE"],
  ])("%s to %s: %s", (from, to, direction) => {
    expect(databaseMigration(runtime(from), runtime(to), catalogue)).toMatchObject({
      direction,
      losesData: direction === "DOWNGRADE",
    });
  });

  test("names both schemas", () => {
    expect(databaseMigration(runtime("11.5.0"), runtime("11.4.0"), catalogue)).toEqual({
      direction: "DOWNGRADE",
      fromRevision: catalogue.schemaRevisionOf("2.9.2"),
      toRevision: catalogue.schemaRevisionOf("2.9.1"),
      losesData: true,
    });
  });

  test("any 10 to any 9 is a downgrade, and back an upgrade", () => {
    for (const ten of versionsOfMajor("10")) {
      for (const nine of versionsOfMajor("9")) {
        expect([ten, nine, directionOf(ten, nine)]).toEqual([ten, nine, "DOWNGRADE"]);
        expect([nine, ten, directionOf(nine, ten)]).toEqual([nine, ten, "UPGRADE"]);
      }
    }
  });

  test("is symmetric over the whole catalogue, and none exactly between equal schemas", () => {
    const mirror = { NONE: "NONE", UPGRADE: "DOWNGRADE", DOWNGRADE: "UPGRADE" } as const;
    const wrong = shippedReleases.flatMap((a) =>
      shippedReleases.flatMap((b) => {
        const there = databaseMigration(runtime(a.version), runtime(b.version), catalogue);
        const back = databaseMigration(runtime(b.version), runtime(a.version), catalogue);
        const isRight =
          back.direction === mirror[there.direction] &&
          (there.direction === "NONE") === (there.fromRevision === there.toRevision);
        return isRight ? [] : [`${a.version} → ${b.version}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe("databaseMigration between the scales", () => {
  test.each([
    ["Runtime to the same Airflow", runtime("5.0.8"), airflow("2.3.4-6"), "NONE"],
    ["Runtime to an older Airflow", runtime("5.0.8"), airflow("2.3.2-2-onbuild"), "DOWNGRADE"],
    ["Runtime 4.2.9, which is Airflow 2.2.5, to Airflow 2.3.0", runtime("4.2.9"), airflow("2.3.0-5"), "UPGRADE"],
    ["Airflow to a newer Runtime", airflow("2.4.3-6"), runtime("7.0.0"), "UPGRADE"],
    ["hotfix builds of one Airflow", airflow("2.3.4-11"), airflow("2.3.4-9"), "NONE"],
    ["Airflow to an older one", airflow("2.4.3-1"), airflow("2.4.2-1"), "DOWNGRADE"],
    ["Runtime stated as NA", { runtimeVersion: "NA", airflowVersion: "2.9.2" }, runtime("11.4.0"), "DOWNGRADE"],
    ["the catalogue before a wrong Airflow", runtime("11.5.0", "2.9.1"), runtime("11.4.0", "2.9.2"), "DOWNGRADE"],
  ] as const)("%s", (_, from, to, direction) => {
    expect(databaseMigration(from, to, catalogue).direction).toBe(direction);
  });
});

describe("databaseMigration where facts are missing", () => {
  test.each([
    ["unknown schema, same minor", airflow("2.9.9"), airflow("2.9.1"), "NONE"],
    ["unknown schema, older minor", airflow("2.9.9"), airflow("2.8.9"), "DOWNGRADE"],
    ["unknown schema, newer minor", airflow("2.8.9"), airflow("2.9.9"), "UPGRADE"],
    ["unknown Runtime with a known Airflow", runtime("12.5.0", "2.10.2"), runtime("11.8.0"), "DOWNGRADE"],
    ["unknown Runtime with an Airflow of the same minor", runtime("11.99.0", "2.9.99"), runtime("11.4.0"), "NONE"],
    ["unknown Runtime without Airflow, older target", runtime("12.5.0"), runtime("11.8.0"), "DOWNGRADE"],
    ["unknown Runtime without Airflow, newer target", runtime("12.5.0"), runtime("13.0.0"), "UPGRADE"],
    ["unknown Runtime to its own flavour", runtime("12.5.0"), runtime("12.5.0-base"), "NONE"],
    ["unknown builds of one Airflow 3 minor", runtime("3.1-19"), runtime("3.1-12"), "NONE"],
    ["unknown builds of two Airflow 3 minors", runtime("3.2-99"), runtime("3.1-12"), "DOWNGRADE"],
    ["no Airflow on one side, no Runtime on the other", runtime("12.5.0"), airflow("2.3.4-6"), "DOWNGRADE"],
    ["no Airflow on one side, no Runtime on the other, reversed", airflow("2.3.4-6"), runtime("12.5.0"), "DOWNGRADE"],
    ["nothing stated", runtime("11.8.0"), airflow(null), "DOWNGRADE"],
    ["nothing readable", runtime("latest", "NA"), runtime("11.8.0"), "DOWNGRADE"],
  ])("%s", (_, from, to, direction) => {
    expect(databaseMigration(from, to, catalogue)).toMatchObject({ direction, losesData: direction === "DOWNGRADE" });
  });

  test("an unknown schema is null", () => {
    expect(databaseMigration(runtime("12.5.0"), airflow("2.9.9"), catalogue)).toMatchObject({
      fromRevision: null,
      toRevision: null,
    });
  });
});

describe("airflowVersionOf", () => {
  test.each([
    ["from the catalogue", runtime("5.0.0-base", "2.9.0"), "2.3.0"],
    ["as stated, for an unknown Runtime", runtime("12.5.0", "2.10.2"), "2.10.2"],
    ["as stated, without Runtime", airflow("2.3.0-5"), "2.3.0"],
    ["unknown", runtime("12.5.0", "NA"), undefined],
  ])("%s", (_, versions, release) => {
    expect(airflowVersionOf(versions, catalogue)?.release).toBe(release);
  });
});
