import { shippedCatalogue } from "../../../../test/builders/domain";
import { RuntimeCatalogue } from "./catalogue";
import { isUnknownRelease, noSuchMajor } from "./known-releases";
import type { PlatformVersions } from "./version";

const runtime = (runtimeVersion: string): PlatformVersions => ({ runtimeVersion, airflowVersion: null });
const airflow = (airflowVersion: string | null): PlatformVersions => ({ runtimeVersion: null, airflowVersion });
const NO_AIRFLOW_9 = "there is no Airflow 9; known are 2 to 3";

let catalogue: RuntimeCatalogue;
beforeAll(async () => {
  catalogue = await shippedCatalogue();
});

test.each<[PlatformVersions, string | null]>([
  [runtime("3.0.0"), null],
  [runtime("11.5.0"), null],
  [runtime("11.99.0-ubi9"), null],
  [runtime("13.99.0"), null],
  [runtime("14.0.0"), null],
  [runtime("15.0.0"), "there is no Runtime 15; known are 3 to 13"],
  [runtime("111.5.0"), "there is no Runtime 111; known are 3 to 13"],
  [runtime("112.1.1-base"), "there is no Runtime 112; known are 3 to 13"],
  [runtime("2.0.0"), "there is no Runtime 2; known are 3 to 13"],
  [runtime("0.1.0"), "there is no Runtime 0; known are 3 to 13"],
  [runtime("3.9-1"), null],
  [runtime("4.0-1"), null],
  [runtime("9.0-1"), NO_AIRFLOW_9],
  [airflow("2.0.0"), null],
  [airflow("2.6.3"), null],
  [airflow("2.99.0"), null],
  [airflow("4.0.0"), null],
  [airflow("9.9.9"), NO_AIRFLOW_9],
  [airflow("1.10.15"), "there is no Airflow 1; known are 2 to 3"],
  [airflow(null), null],
  [runtime("unreadable"), null],
])("%j: %j", (versions, reason) => {
  expect(noSuchMajor(versions, catalogue)).toBe(reason);
});

describe("with a catalogue of one's own", () => {
  const own = (...versions: string[]): RuntimeCatalogue =>
    new RuntimeCatalogue(
      versions.map((version) => ({
        version,
        airflowVersion: "2.9.2",
        channel: "stable",
        restricted: false,
        restrictedReason: null,
        endOfMaintenance: null,
        airflowDatabaseMigrations: false,
      })),
      [],
    );

  test("what it leaves out exists all the same", () => {
    for (const version of ["5.0.0", "13.1.0", "3.1-2"]) expect(noSuchMajor(runtime(version), own("11.5.0"))).toBeNull();
  });

  test("its majors exist", () => {
    expect(noSuchMajor(runtime("21.0.0"), own("20.0.0"))).toBeNull();
    expect(noSuchMajor(runtime("22.0.0"), own("20.0.0"))).toBe("there is no Runtime 22; known are 3 to 20");
  });
});

test.each<[PlatformVersions, boolean]>([
  [runtime("11.5.0"), false],
  [runtime("11.5.0-ubi9"), false],
  [runtime("11.99.0"), true],
  [runtime("14.0.0"), true],
  [airflow("2.4.3-6"), false],
  [airflow("2.6.3"), false],
  [airflow("2.6.99"), true],
  [airflow(null), true],
])("%j is unknown: %s", (versions, unknown) => {
  expect(isUnknownRelease(versions, catalogue)).toBe(unknown);
});
