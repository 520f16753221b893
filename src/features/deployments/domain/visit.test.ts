import { visitOf } from "./visit";

test.each([
  ["https://deployments.example.com/reports/airflow/home?x=1", { releaseName: "reports", door: "airflow" }],
  ["/reports/airflow", { releaseName: "reports", door: "airflow" }],
  ["/reports/airflow/api/v1/dags", { releaseName: "reports", door: "airflow" }],
  ["/reports/flower/", { releaseName: "reports", door: "flower" }],
  ["/reports/dags/upload", { releaseName: "reports", door: "upload" }],
  ["/reports/dags/download?version=1", { releaseName: "reports", door: "download" }],
  ["/mine/airflow/../../theirs/airflow", { releaseName: "theirs", door: "airflow" }],
  ["/mine/airflow/%2e%2e/%2E%2E/theirs/airflow", { releaseName: "theirs", door: "airflow" }],
  ["/mine/airflow\\..\\..\\theirs\\airflow", { releaseName: "theirs", door: "airflow" }],
] as const)("%s leads to a Deployment", (url, visit) => {
  expect(visitOf(url)).toEqual(visit);
});

test.each(["", "/", "/reports", "/reports/airflows", "/reports/dags", "/reports/dags/upload/x", "/Reports/airflow", "//reports/airflow", "/v1", "http://[", "/%/airflow"])("%p leads to none", (url) => {
  expect(visitOf(url)).toBeNull();
});
