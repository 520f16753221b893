import { shippedCatalogue } from "../../../../test/builders/domain";
import type { RuntimeCatalogue } from "../../runtimes/domain";
import { checkVersions, DowngradeRefused, givenVersions, refuseDowngrade, type Versions } from "./versions";

const runtime = (runtimeVersion: string): Versions => ({ runtimeVersion, airflowVersion: null });
const airflow = (airflowVersion: string | null): Versions => ({ runtimeVersion: null, airflowVersion });

describe("refuseDowngrade", () => {
  let catalogue: RuntimeCatalogue;
  beforeAll(async () => {
    catalogue = await shippedCatalogue();
  });

  test.each<[string, Versions, Versions, boolean]>([
    ["the same Runtime", runtime("11.4.0"), runtime("11.4.0"), false],
    ["a flavour of it", runtime("11.4.0"), runtime("11.4.0-base"), false],
    ["a distribution of it", runtime("11.4.0"), runtime("11.4.0-ubi9"), false],
    ["another distribution of it", runtime("11.4.0-ubi9-base"), runtime("11.4.0"), false],
    ["a distribution of an older one", runtime("11.4.0"), runtime("11.3.0-ubi9"), true],
    ["a newer Runtime", runtime("9.9.0"), runtime("9.10.0"), false],
    ["an older Runtime", runtime("9.10.0"), runtime("9.9.0"), true],
    ["an older Runtime with the same Airflow", runtime("9.17.0"), runtime("9.16.0"), true],
    ["from Airflow 3 to 2", runtime("3.0-1"), runtime("13.0.0"), true],
    ["from Airflow 2 to 3", runtime("13.0.0"), runtime("3.0-1"), false],
    ["an older Airflow", airflow("2.3.4"), airflow("2.3.3"), true],
    ["an older hotfix", airflow("2.3.4-6"), airflow("2.3.4-5"), true],
    ["a label that does not tell the hotfix", airflow("2.4.3-6"), airflow("2.4.3"), false],
    ["the same with a flavour", airflow("2.4.3-6-onbuild"), airflow("2.4.3-onbuild"), false],
    ["an older label that does not tell the hotfix", airflow("2.4.3-6"), airflow("2.4.2"), true],
    ["a newer hotfix", airflow("2.3.4-9"), airflow("2.3.4-11"), false],
    ["a hotfix to the Runtime with the same Airflow", airflow("2.3.4-6"), runtime("5.0.8"), false],
    ["a Runtime to a hotfix of the same Airflow", runtime("5.0.8"), airflow("2.3.4-6"), false],
    ["a hotfix to a Runtime with an older Airflow", airflow("2.3.4-6"), runtime("5.0.5"), true],
    ["a Runtime to an older Airflow", runtime("11.4.0"), airflow("2.9.0"), true],
    ["what nobody knows", airflow(null), airflow("2.3.0"), false],
    ["to what nobody knows", runtime("11.4.0"), runtime("unheard"), false],
  ])("%s", (_name, from, to, refused) => {
    const attempt = (): void => refuseDowngrade(from, to, { catalogue, hasRun: true });
    if (refused) expect(attempt).toThrow(DowngradeRefused);
    else expect(attempt).not.toThrow();
  });

  test("names a rollback as the remedy only where there is something to roll back to", () => {
    const refuse = (hasRun: boolean) => () =>
      refuseDowngrade(runtime("11.4.0"), runtime("11.3.0"), { catalogue, hasRun });
    expect(refuse(true)).toThrow(/roll back to an earlier deploy$/);
    expect(refuse(false)).toThrow(/is about to run$/);
  });

  test("names both hotfixes", () => {
    expect(() => refuseDowngrade(airflow("2.3.4-6"), airflow("2.3.4-5"), { catalogue, hasRun: true })).toThrow(
      "Airflow 2.3.4-5 is older than Airflow 2.3.4-6",
    );
  });
});

describe("checkVersions", () => {
  let catalogue: RuntimeCatalogue;
  beforeAll(async () => {
    catalogue = await shippedCatalogue();
  });
  const check = (versions: Versions, allowUnknownRuntimeVersions = false, argument?: string): Versions =>
    checkVersions(versions, { catalogue, minimumRuntimeVersion: "4.2.5", allowUnknownRuntimeVersions }, argument);

  test.each<[Versions, string]>([
    [runtime("111.5.0"), "runtimeVersion: there is no Runtime 111"],
    [runtime("9.0-1"), "runtimeVersion: there is no Airflow 9"],
    [airflow("9.9.9"), "airflowVersion: there is no Airflow 9"],
    [runtime("3.0.0"), "runtimeVersion: 3.0.0 is older than 4.2.5"],
    [runtime("newest"), 'runtimeVersion: "newest" is not a Runtime version'],
    [airflow("newest"), 'airflowVersion: "newest" is not an Airflow version'],
  ])("refuses %j", (versions, message) => {
    expect(() => check(versions)).toThrow(message);
  });

  test("names the argument, and the setting that allows it", () => {
    expect(() => check(runtime("111.5.0"), false, "desiredRuntimeVersion")).toThrow(
      /^desiredRuntimeVersion: .*allowUnknownRuntimeVersions/,
    );
  });

  test("takes majors that do not exist where the installation allows it", () => {
    expect(check(runtime("111.5.0"), true)).toEqual(runtime("111.5.0"));
    expect(() => check(runtime("newest"), true)).toThrow("is not a Runtime version");
  });

  test("takes what the catalogue lacks", () => {
    for (const versions of [runtime("11.99.0"), runtime("14.0.0"), airflow("2.6.99")])
      expect(check(versions)).toEqual(versions);
  });
});

test("givenVersions trims, and takes NA and blanks for nothing", () => {
  expect(givenVersions({ runtimeVersion: " 11.5.0\n", airflowVersion: "NA" })).toEqual(runtime("11.5.0"));
  expect(givenVersions({ runtimeVersion: undefined })).toEqual(airflow(null));
});
