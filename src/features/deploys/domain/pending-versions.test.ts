import { buildDeployment, buildRevision } from "../../../../test/builders/domain";
import { pendingAfter } from "./pending-versions";

const runs = (pendingRuntimeVersion: string | null) => buildDeployment({ runtimeVersion: "11.4.0", pendingRuntimeVersion });

describe("what is pending after a revision is recorded", () => {
  test.each<[string, string | null, string, string | null]>([
    ["the running version leaves nothing pending", null, "11.4.0", null],
    ["a newer version is pending itself", null, "11.5.0", "11.5.0"],
    ["an upgrade that was asked for outlives a deploy of what runs", "12.0.0", "11.4.0", "12.0.0"],
    ["and one of a version in between", "12.0.0", "11.5.0", "12.0.0"],
    ["the version that was asked for is pending until it runs", "12.0.0", "12.0.0", "12.0.0"],
    ["a version beyond it replaces it", "12.0.0", "13.0.0", "13.0.0"],
  ])("%s", (_name, asked, runtimeVersion, pending) => {
    expect(pendingAfter(buildRevision({ runtimeVersion }), runs(asked), null).pendingRuntimeVersion).toBe(pending);
  });

  test("a rollback takes back what was asked for", () => {
    const rollback = buildRevision({ runtimeVersion: "11.4.0", trigger: "ROLLBACK" });
    expect(pendingAfter(rollback, runs("12.0.0"), null)).toEqual({ pendingRuntimeVersion: null, pendingAirflowVersion: null });
  });

  test("what was pending because of a superseded deploy goes with it", () => {
    const head = buildRevision({ status: "INITIALIZED", runtimeVersion: "12.0.0" });
    expect(pendingAfter(buildRevision({ runtimeVersion: "11.4.0" }), runs("12.0.0"), head).pendingRuntimeVersion).toBeNull();
  });
});
