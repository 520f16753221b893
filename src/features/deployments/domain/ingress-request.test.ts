import { ingressRequestOf } from "./ingress-request";

test.each([
  ["https://deployments.example.com/reports/airflow/home?x=1", { releaseName: "reports", target: "airflow" }],
  ["/reports/airflow", { releaseName: "reports", target: "airflow" }],
  ["/reports/airflow/api/v1/dags", { releaseName: "reports", target: "airflow" }],
  ["/reports/flower/", { releaseName: "reports", target: "flower" }],
  ["/reports/dags/upload", { releaseName: "reports", target: "upload" }],
  ["/reports/dags/download?version=1", { releaseName: "reports", target: "download" }],
  ["/mine/airflow/../../theirs/airflow", { releaseName: "theirs", target: "airflow" }],
  ["/mine/airflow/%2e%2e/%2E%2E/theirs/airflow", { releaseName: "theirs", target: "airflow" }],
  ["/mine/airflow\\..\\..\\theirs\\airflow", { releaseName: "theirs", target: "airflow" }],
] as const)("%s leads to a Deployment", (url, request) => {
  expect(ingressRequestOf(url)).toEqual(request);
});

test.each([
  "/mine/airflow/..%2f..%2Ftheirs/airflow",
  "/mine/airflow//..//..//theirs/airflow",
  "/mine/airflow/%3f%2f..%2f..%2f..%2ftheirs/airflow",
  "/mine%2fairflow/x",
  "/mine/airflow/%ff",
])("%s leads proxies that decode it elsewhere, and so to none", (url) => {
  expect(ingressRequestOf(url)).toBeNull();
});

test.each([
  "/mine/airflow/api/v1/variables/a%2Fb",
  "/mine/airflow/dags/x/grid?dag_run_id=a%2F..%2F..%2Fb",
  "/mine/airflow/a%20b%C3%A9%25",
])("%s leads there whether it is decoded or not", (url) => {
  expect(ingressRequestOf(url)).toEqual({ releaseName: "mine", target: "airflow" });
});

test.each([
  "",
  "/",
  "/reports",
  "/reports/airflows",
  "/reports/dags",
  "/reports/dags/upload/x",
  "/Reports/airflow",
  "//reports/airflow",
  "/v1",
  "http://[",
  "/%/airflow",
])("%p leads to none", (url) => {
  expect(ingressRequestOf(url)).toBeNull();
});
