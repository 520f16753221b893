import { meetsRollbackFloor, ROLLBACK_FLOOR_AIRFLOW, ROLLBACK_FLOOR_RUNTIME } from "./rollback-floor";

describe("meetsRollbackFloor", () => {
  test("stands where the documentation puts it", () => {
    expect([ROLLBACK_FLOOR_RUNTIME, ROLLBACK_FLOOR_AIRFLOW]).toEqual(["5.0.0", "2.3.0"]);
  });

  test.each([
    ["5.0.0", true],
    ["5.0.0-base", true],
    ["5.0.0-python-3.9-slim-base", true],
    ["v5.0.0", true],
    ["5.0.0-ubi9", true],
    ["5.0.0-ubi9-python-3.9-base", true],
    ["5.0.0+local", true],
    ["5.0.1", true],
    ["10.0.0", true],
    ["99.0.0", true],
    ["3.0-1", true],
    ["3.0-1-base", true],
    ["3.1-12", true],
    ["4.2.9", false],
    ["4.2.9-base", false],
    ["4.99.99", false],
    ["3.0.0", false],
    ["3.0.1", false],
    ["5.0.0-rc1", false],
    ["5.0.0-rc1-base", false],
    ["5.0.0-alpha", false],
    ["5.0.0-beta", false],
    ["5.0.0-dev", false],
    ["5.0.0-oddity", false],
    ["5.0.0-5", false],
    ["2.9-1", false],
    ["unreadable", false],
  ])("Runtime %s: %s", (runtimeVersion, expected) => {
    expect(meetsRollbackFloor({ runtimeVersion, airflowVersion: null })).toBe(expected);
  });

  test.each([
    ["2.3.0", true],
    ["2.3.0-1", true],
    ["2.3.0-5", true],
    ["2.3.0-5-onbuild", true],
    ["2.3.0-onbuild", true],
    ["2.3.0+astro.1", true],
    ["2.10.0", true],
    ["3.0.0", true],
    ["2.2.5", false],
    ["2.2.5-3-onbuild", false],
    ["2.3.0rc1", false],
    ["2.3.0-rc1", false],
    ["2.3.0.dev0", false],
    ["2.3", false],
    ["3.0-1", false],
    ["NA", false],
    ["", false],
    [null, false],
    ["unreadable", false],
  ])("Airflow %s without Runtime: %s", (airflowVersion, expected) => {
    expect(meetsRollbackFloor({ runtimeVersion: null, airflowVersion })).toBe(expected);
  });

  test.each([
    ["4.2.9", "2.3.0", false],
    ["3.0.0", "3.0.0", false],
    ["5.0.0", "2.2.5", true],
    ["5.0.0", null, true],
    ["unreadable", "2.9.0", false],
    ["", "2.9.0", true],
    ["NA", "2.9.0", true],
    ["NA", "2.2.5", false],
    ["NA", "NA", false],
  ])("a stated Runtime decides alone: Runtime %j, Airflow %j: %s", (runtimeVersion, airflowVersion, expected) => {
    expect(meetsRollbackFloor({ runtimeVersion, airflowVersion })).toBe(expected);
  });
});
