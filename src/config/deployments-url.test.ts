import { deploymentsUrlOf } from "./deployments-url";
import { loadConfig } from "./load-config";

test.each<[string, Record<string, string>, string]>([
  ["nothing", {}, "http://localhost:9000"],
  ["an address of this service on localhost", { PUBLIC_URL: "http://localhost:8080" }, "http://localhost:8080"],
  [
    "a base domain",
    { HELM__BASE_DOMAIN: "example.com", PUBLIC_URL: "https://api.example.com" },
    "https://deployments.example.com",
  ],
  ["an address of its own", { DEPLOYMENTS__PUBLIC_URL: "https://airflow.example.org" }, "https://airflow.example.org"],
])("with %s", (_name, env, url) => {
  const { config } = loadConfig({ valuesFiles: [], env, cwd: __dirname });
  expect(deploymentsUrlOf(config, 9000)).toBe(url);
});
