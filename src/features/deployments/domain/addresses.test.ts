import { buildDeployment } from "../../../../test/builders/domain";
import type { Deployment } from "./deployment";
import { addressesOf } from "./addresses";

const AIRFLOW = { type: "airflow", url: "https://deployments.example.com/sales/airflow" };
const FLOWER = { type: "flower", url: "https://deployments.example.com/sales/flower" };
const DAG_SERVER = { type: "dagserver", url: "https://deployments.example.com/sales/dags/upload" };

test.each<[Deployment["executor"], Deployment["dagDeploymentType"], object[]]>([
  ["CeleryExecutor", "image", [AIRFLOW, FLOWER]],
  ["LocalExecutor", "image", [AIRFLOW]],
  ["KubernetesExecutor", "git_sync", [AIRFLOW]],
  ["LocalExecutor", "volume", [AIRFLOW]],
  ["CeleryExecutor", "dag_deploy", [AIRFLOW, FLOWER, DAG_SERVER]],
  ["KubernetesExecutor", "dag_deploy", [AIRFLOW, DAG_SERVER]],
])("with the %s and DAGs by %s", (executor, dagDeploymentType, addresses) => {
  const deployment = buildDeployment({ releaseName: "sales", executor, dagDeploymentType });
  expect(addressesOf(deployment, "https://deployments.example.com")).toEqual(addresses);
  expect(addressesOf(deployment, "https://deployments.example.com//")).toEqual(addresses);
});
