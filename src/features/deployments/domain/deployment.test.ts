import { buildDeployment } from "../../../../test/builders/domain";
import { desiredAirflowVersion, desiredRuntimeVersion, type Deployment } from "./deployment";

test.each<[string, Partial<Deployment>, runtime: string | null, airflow: string | null]>([
  ["a Runtime with nothing pending", { runtimeVersion: "11.4.0" }, "11.4.0", null],
  ["a Runtime that waits for another", { runtimeVersion: "11.4.0", pendingRuntimeVersion: "11.5.0" }, "11.5.0", null],
  ["an Airflow with nothing pending", { runtimeVersion: null, airflowVersion: "2.3.4" }, null, "2.3.4"],
  [
    "an Airflow that waits for another",
    { runtimeVersion: null, airflowVersion: "2.3.3", pendingAirflowVersion: "2.3.4" },
    null,
    "2.3.4",
  ],
  [
    "an Airflow that waits for a Runtime",
    { runtimeVersion: null, airflowVersion: "2.3.4", pendingRuntimeVersion: "5.0.8" },
    "5.0.8",
    "2.3.4",
  ],
  ["a Runtime that still knows an Airflow", { runtimeVersion: "11.4.0", airflowVersion: "2.9.1" }, "11.4.0", null],
  ["nothing known", { runtimeVersion: null, airflowVersion: null }, null, null],
])("what is wanted of %s", (_name, overrides, runtime, airflow) => {
  const deployment = buildDeployment(overrides);
  expect(desiredRuntimeVersion(deployment)).toBe(runtime);
  expect(desiredAirflowVersion(deployment)).toBe(airflow);
});
