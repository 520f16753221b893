import shipped from "../data/airflow-releases.json";
import { AirflowImages } from "./airflow-images";

test("come newest first, by number, each with the tag to build on", () => {
  expect(new AirflowImages(["2.9.0", "2.10.0", "2.0.1"]).all).toEqual([
    { version: "2.10.0", tag: "2.10.0-onbuild" },
    { version: "2.9.0", tag: "2.9.0-onbuild" },
    { version: "2.0.1", tag: "2.0.1-onbuild" },
  ]);
});

test.each([
  ["2.3.4", true],
  ["2.3.4-6", true],
  ["2.3.4-6-onbuild", true],
  ["v2.3.4", true],
  ["2.3.5", false],
  ["2.3.4rc1", false],
  ["2.4.0", false],
  ["latest", false],
  ["", false],
])("of those shipped, %j is one: %j", (version, expected) => {
  expect(new AirflowImages(shipped).has(version)).toBe(expected);
});

test("an unreadable version is a programming error", () => {
  expect(() => new AirflowImages(["latest"])).toThrow("Not an Airflow version: latest");
});
