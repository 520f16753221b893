import shippedReleases from "../data/runtime-releases.json";
import {
  compareVersions,
  isOlderAirflow,
  isStated,
  parseAirflowVersion,
  parseRuntimeVersion,
  statedVersion,
  type AirflowVersion,
  type RuntimeVersion,
} from "./version";

function runtime(text: string): RuntimeVersion {
  const version = parseRuntimeVersion(text);
  if (version === null) throw new Error(`not a Runtime version: ${text}`);
  return version;
}

function airflow(text: string): AirflowVersion {
  const version = parseAirflowVersion(text);
  if (version === null) throw new Error(`not an Airflow version: ${text}`);
  return version;
}

describe("parseRuntimeVersion", () => {
  test.each([
    ["9.1.0", "9.1.0"],
    ["9.1.0-base", "9.1.0"],
    ["9.1.0-slim", "9.1.0"],
    ["9.1.0-onbuild", "9.1.0"],
    ["11.0.0-python-3.11", "11.0.0"],
    ["11.0.0-python-3.11-base", "11.0.0"],
    ["11.0.0-python-3.11-slim-base", "11.0.0"],
    ["11.5.0-ubi9", "11.5.0"],
    ["11.5.0-ubi9-base", "11.5.0"],
    ["11.5.0-UBI9-python-3.11-slim-base", "11.5.0"],
    ["11.5.0-ubi-9.4", "11.5.0"],
    ["11.5.0-bookworm", "11.5.0"],
    ["11.5.0-debian-12", "11.5.0"],
    ["11.5.0-python3.11", "11.5.0"],
    ["v11.0.0", "11.0.0"],
    ["V11.0.0", "11.0.0"],
    ["  11.0.0\n", "11.0.0"],
    ["11.0.0+local.2", "11.0.0"],
    ["11.0.0-base+local.2", "11.0.0"],
    ["3.0-7", "3.0-7"],
    ["3.1-12-base", "3.1-12"],
    ["v3.1-12-python-3.12-base", "3.1-12"],
    ["3.1-12-ubi9-python-3.12-base", "3.1-12"],
    ["11.5.0-ubi", "11.5.0-ubi"],
    ["5.0.0-rc1-ubi9", "5.0.0-rc1"],
    ["10.0-1", "10.0-1"],
    ["5.0.0-rc1", "5.0.0-rc1"],
    ["5.0.0-rc.1", "5.0.0-rc1"],
    ["5.0.0rc1", "5.0.0-rc1"],
    ["5.0.0-alpha", "5.0.0-alpha0"],
    ["5.0.0-rc1-base", "5.0.0-rc1"],
    ["3.0-1.alpha2", "3.0-1-alpha2"],
    ["3.0-1-alpha2", "3.0-1-alpha2"],
    ["11.0.0-hotfix", "11.0.0-hotfix"],
  ])("%j is the release %s", (text, release) => {
    expect(parseRuntimeVersion(text)?.release).toBe(release);
  });

  test.each([
    [null],
    [undefined],
    [""],
    ["   "],
    ["NA"],
    ["na"],
    ["latest"],
    ["base"],
    ["9"],
    ["9.1"],
    ["9.1.x"],
    ["9.1.0.4"],
    ["9.1.0-"],
    ["9.1.0-4"],
    ["9.1.0-4-base"],
    ["9.1.0-not a version"],
    ["-9.1.0"],
    ["2.9-1"],
    ["3.1-"],
    ["3.1-base"],
    ["3.1-1-2"],
    ["9.1.0 9.2.0"],
    ["9999999999.0.0"],
    [`9.1.0${"-base".repeat(30)}`], // longer than any image tag
  ])("%j is none", (text) => {
    expect(parseRuntimeVersion(text)).toBeNull();
  });

  test.each([
    ["13.11.0", 2, null],
    ["3.0.0", 2, null],
    ["3.0-1", 3, "3.0"],
    ["3.1-12-base", 3, "3.1"],
  ])("%s tells Airflow major %d, minor %s", (text, airflowMajor, airflowMinor) => {
    expect(parseRuntimeVersion(text)).toMatchObject({ airflowMajor, airflowMinor });
  });
});

describe("parseAirflowVersion", () => {
  test.each([
    ["2.3.0", "2.3.0"],
    ["2.3.0-5", "2.3.0"],
    ["2.3.0-5-onbuild", "2.3.0"],
    ["2.3.0-onbuild", "2.3.0"],
    ["2.3.0-5-buster-onbuild", "2.3.0"],
    ["2.3.0-alpine3.10-onbuild", "2.3.0"],
    [" v2.3.0-5 ", "2.3.0"],
    ["2.7.3+astro.2", "2.7.3"],
    ["2.3.0rc1", "2.3.0-rc1"],
    ["2.3.0-rc1", "2.3.0-rc1"],
    ["2.3.0b2", "2.3.0-beta2"],
    ["2.3.0.dev20220401", "2.3.0-dev20220401"],
    ["3.0.6", "3.0.6"],
  ])("%j is the release %s", (text, release) => {
    expect(parseAirflowVersion(text)).toMatchObject({ release, airflowMinor: release.slice(0, 3) });
  });

  test.each([[null], [undefined], [""], ["NA"], ["2"], ["2.3"], ["3.0-1"], ["2.3.0-5-6"], ["2.3.0.1"], ["two"]])(
    "%j is none",
    (text) => {
      expect(parseAirflowVersion(text)).toBeNull();
    },
  );
});

describe("compareVersions", () => {
  /** Every list is in ascending order; each member is compared with each. */
  test.each([
    ["numbers, not text", ["9.9.0", "9.10.0", "9.10.2", "9.11.0", "10.0.0"]],
    ["builds of Airflow 3 names", ["3.1-1", "3.1-2", "3.1-12", "3.2-1", "3.10-1"]],
    ["new names above old ones", ["3.0.0", "3.1.12", "12.1.1", "999.0.0", "3.0-1", "3.0-7"]],
    [
      "pre-releases below their release",
      ["4.2.9", "5.0.0-oddity", "5.0.0-dev1", "5.0.0-alpha1", "5.0.0-beta1", "5.0.0-rc1", "5.0.0-rc2", "5.0.0"],
    ],
    ["pre-releases of Airflow 3 names", ["3.0-1", "3.0-2.alpha1", "3.0-2-rc1", "3.0-2"]],
  ])("Runtime: %s", (_, ascending) => {
    expectAscending(ascending.map(runtime));
  });

  test.each([
    ["numbers, not text", ["2.2.5", "2.3.0", "2.9.0", "2.10.0", "3.0.0"]],
    ["hotfix builds by number", ["2.3.3-12", "2.3.4", "2.3.4-1", "2.3.4-9", "2.3.4-11", "2.4.0"]],
    ["pre-releases below hotfix builds", ["2.3.0.dev1", "2.3.0a1", "2.3.0b1", "2.3.0rc1", "2.3.0", "2.3.0-1"]],
  ])("Airflow: %s", (_, ascending) => {
    expectAscending(ascending.map(airflow));
  });

  test.each([
    ["9.1.0", "9.1.0-base"],
    ["11.0.0-slim", "v11.0.0-python-3.11-slim-base"],
    ["3.1-12", "3.1-12-base"],
    ["5.0.0-rc1", "5.0.0rc1-base"],
    ["9.1.0", "9.1.0+local"],
    ["11.5.0-ubi9", "11.5.0-base"],
  ])("%s and %s are the same Runtime", (a, b) => {
    expect(compareVersions(runtime(a), runtime(b))).toBe(0);
  });

  test.each([
    ["2.3.0-5", "2.3.0-5-onbuild"],
    ["2.7.3", "2.7.3+astro.2"],
  ])("%s and %s are the same Airflow", (a, b) => {
    expect(compareVersions(airflow(a), airflow(b))).toBe(0);
  });

  test("orders the whole shipped catalogue, which is kept in version order", () => {
    expect(shippedReleases.length).toBeGreaterThanOrEqual(145);
    expectAscending(shippedReleases.map(({ version }) => runtime(version)));
  });

  test("is transitive over releases and pre-releases together", () => {
    const sample = shippedReleases.filter((_, index) => index % 4 === 0).map(({ version }) => version);
    const versions = sample.flatMap((version) => [version, `${version}-base`, `${version}-rc1`]).map(runtime);
    for (const a of versions) {
      for (const b of versions) {
        if (compareVersions(a, b) > 0) continue;
        for (const c of versions) {
          if (compareVersions(b, c) <= 0 && compareVersions(a, c) > 0) {
            throw new Error(`${a.release} <= ${b.release} <= ${c.release}, but not ${a.release} <= ${c.release}`);
          }
        }
      }
    }
  });
});

describe("isOlderAirflow", () => {
  test.each([
    ["2.4.3", "2.4.3-6", false],
    ["2.4.3-onbuild", "2.4.3-6", false],
    ["2.4.3+astro.1", "2.4.3-6", false],
    ["2.4.3-5", "2.4.3-6", true],
    ["2.4.3-6", "2.4.3-6-onbuild", false],
    ["2.4.3-7", "2.4.3-6", false],
    ["2.4.2", "2.4.3-6", true],
    ["2.4.3rc1", "2.4.3-6", true],
    ["2.4.4", "2.4.3-6", false],
  ])("%s than %s: %s", (version, than, older) => {
    expect(isOlderAirflow(airflow(version), airflow(than))).toBe(older);
  });
});

test.each([
  [" 11.5.0\n", "11.5.0"],
  ["\t2.4.3-6 ", "2.4.3-6"],
  ["NA", null],
  [" na ", null],
  ["", null],
  [undefined, null],
])("statedVersion(%j) is %j", (text, stated) => {
  expect(statedVersion(text)).toBe(stated);
});

describe("isStated", () => {
  test.each([
    [null, false],
    [undefined, false],
    ["", false],
    ["  ", false],
    ["NA", false],
    [" na ", false],
    ["5.0.0", true],
    ["nonsense", true],
  ])("%j: %s", (text, stated) => {
    expect(isStated(text)).toBe(stated);
  });
});

/** Antisymmetry and transitivity follow: the sign is that of the two positions, for every pair. */
function expectAscending(versions: readonly RuntimeVersion[] | readonly AirflowVersion[]): void {
  const compare = compareVersions as (a: unknown, b: unknown) => number;
  const misplaced = versions.flatMap((a, i) =>
    versions.flatMap((b, j) => (compare(a, b) === Math.sign(i - j) ? [] : [`${a.release} against ${b.release}`])),
  );
  expect(misplaced).toEqual([]);
}
