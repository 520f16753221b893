import { defaultImage } from "./default-image";

const repositories = { runtime: "quay.io/astronomer/astro-runtime", airflow: "quay.io/astronomer/ap-airflow" };

test.each([
  ["a Runtime", { runtimeVersion: "11.5.0", airflowVersion: "2.9.2" }, "quay.io/astronomer/astro-runtime:11.5.0"],
  ["Airflow alone", { runtimeVersion: null, airflowVersion: "2.2.5" }, "quay.io/astronomer/ap-airflow:2.2.5-onbuild"],
])("of %s is its own", (_what, versions, expected) => {
  const image = defaultImage(versions, repositories);
  expect(`${image?.repository}:${image?.tag}`).toBe(expected);
});

test("of no version is none", () => {
  expect(defaultImage({ runtimeVersion: null, airflowVersion: null }, repositories)).toBeNull();
});
