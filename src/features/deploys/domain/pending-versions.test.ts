import { buildDeployment, buildRevision } from "../../../../test/builders/domain";
import type { Deployment } from "../../deployments/domain";
import type { DeployRevision } from "./deploy-revision";
import { pendingAfter } from "./pending-versions";

const runs = (pendingRuntimeVersion: string | null) =>
  buildDeployment({ runtimeVersion: "11.4.0", pendingRuntimeVersion });

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

  const AIRFLOW = { runtimeVersion: null, airflowVersion: "2.3.3" };
  const onAirflow = (pending: Partial<Deployment>) => buildDeployment({ ...AIRFLOW, ...pending });
  const NONE = { pendingRuntimeVersion: null, pendingAirflowVersion: null };

  test.each<[string, Partial<Deployment>, Partial<DeployRevision>, object]>([
    ["the running Airflow leaves nothing pending", {}, AIRFLOW, {}],
    [
      "a newer Airflow is pending itself",
      {},
      { ...AIRFLOW, airflowVersion: "2.3.4" },
      { pendingAirflowVersion: "2.3.4" },
    ],
    [
      "an Airflow that was asked for outlives a deploy of what runs",
      { pendingAirflowVersion: "2.4.3" },
      AIRFLOW,
      { pendingAirflowVersion: "2.4.3" },
    ],
    [
      "and one of a version in between",
      { pendingAirflowVersion: "2.4.3" },
      { ...AIRFLOW, airflowVersion: "2.3.4" },
      { pendingAirflowVersion: "2.4.3" },
    ],
    [
      "and is replaced by one beyond it",
      { pendingAirflowVersion: "2.3.4" },
      { ...AIRFLOW, airflowVersion: "2.4.3" },
      { pendingAirflowVersion: "2.4.3" },
    ],
    [
      "a move to a Runtime outlives a deploy of the same Airflow",
      { pendingRuntimeVersion: "5.0.8" },
      AIRFLOW,
      { pendingRuntimeVersion: "5.0.8" },
    ],
    [
      "but not one of another, which that Runtime does not hold",
      { pendingRuntimeVersion: "5.0.7" },
      { ...AIRFLOW, airflowVersion: "2.3.4" },
      { pendingAirflowVersion: "2.3.4" },
    ],
    [
      "the Runtime itself is pending until it runs",
      { pendingRuntimeVersion: "5.0.8" },
      { runtimeVersion: "5.0.8", airflowVersion: "2.3.4" },
      { pendingRuntimeVersion: "5.0.8" },
    ],
    [
      "a Runtime takes the place of an Airflow that was asked for",
      { pendingAirflowVersion: "2.4.3" },
      { runtimeVersion: "5.0.8", airflowVersion: "2.3.4" },
      { pendingRuntimeVersion: "5.0.8" },
    ],
    ["a rollback takes an Airflow back", { pendingAirflowVersion: "2.4.3" }, { ...AIRFLOW, trigger: "ROLLBACK" }, {}],
  ])("without a Runtime: %s", (_name, deployment, revision, pending) => {
    expect(pendingAfter(buildRevision(revision), onAirflow(deployment), null)).toEqual({ ...NONE, ...pending });
  });

  test("without a Runtime, too, what was pending because of a superseded deploy goes with it", () => {
    const head = buildRevision({ ...AIRFLOW, airflowVersion: "2.4.3", status: "INITIALIZED" });
    expect(pendingAfter(buildRevision(AIRFLOW), onAirflow({ pendingAirflowVersion: "2.4.3" }), head)).toEqual(NONE);
  });

  test("a rollback takes back what was asked for", () => {
    const rollback = buildRevision({ runtimeVersion: "11.4.0", trigger: "ROLLBACK" });
    expect(pendingAfter(rollback, runs("12.0.0"), null)).toEqual({
      pendingRuntimeVersion: null,
      pendingAirflowVersion: null,
    });
  });

  test("what was pending because of a superseded deploy goes with it", () => {
    const head = buildRevision({ status: "INITIALIZED", runtimeVersion: "12.0.0" });
    expect(
      pendingAfter(buildRevision({ runtimeVersion: "11.4.0" }), runs("12.0.0"), head).pendingRuntimeVersion,
    ).toBeNull();
  });
});
