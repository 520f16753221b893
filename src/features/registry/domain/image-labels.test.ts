import { factsFrom } from "./image-labels";

test("an image without labels says nothing", () => {
  expect(factsFrom({})).toEqual({
    runtimeVersion: undefined,
    airflowVersion: undefined,
    description: undefined,
    source: { commit: undefined, url: undefined },
    dagsFollow: false,
  });
});

test.each([
  ["true", true],
  [" true ", true],
  ["false", false],
  ["1", false],
  ["", false],
])("the skip label %p announces DAGs: %p", (value, dagsFollow) => {
  expect(factsFrom({ "io.astronomer.skip.revision": value }).dagsFollow).toBe(dagsFollow);
});

test("versions and description are trimmed, and empty ones are none", () => {
  const labels = {
    "io.astronomer.docker.runtime.version": " 11.5.0 ",
    "io.astronomer.docker.airflow.version": " ",
    "io.astronomer.deploy.revision.description": "dbt",
  };
  expect(factsFrom(labels)).toMatchObject({ runtimeVersion: "11.5.0", airflowVersion: undefined, description: "dbt" });
});
