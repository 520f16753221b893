import shippedSchemaRevisions from "../data/airflow-schema-revisions.json";
import shippedReleases from "../data/runtime-releases.json";
import { canLeaveAirflow3, isAirflow3To2 } from "./airflow-3";
import { RuntimeCatalogue } from "./catalogue";
import type { PlatformVersions } from "./version";

const catalogue = new RuntimeCatalogue(shippedReleases, shippedSchemaRevisions);
const versions = (runtimeVersion: string | null, airflowVersion: string | null = null): PlatformVersions => ({
  runtimeVersion,
  airflowVersion,
});

test.each([
  ["known Runtimes", versions("3.1-2"), versions("13.11.0"), true],
  ["known Runtimes, upwards", versions("13.11.0"), versions("3.1-2"), false],
  ["within Airflow 3", versions("3.1-2"), versions("3.0-1"), false],
  ["within Airflow 2, the Runtime being called 3", versions("3.0.1"), versions("3.0.0"), false],
  ["unknown Runtimes", versions("3.1-999"), versions("12.999.0"), true],
  ["to plain Airflow", versions("3.0-1-base"), versions(null, "2.11.0"), true],
  ["from plain Airflow", versions(null, "3.0.0"), versions("13.11.0"), true],
  ["between plain Airflows", versions(null, "3.0.0"), versions(null, "2.10.0"), true],
  ["from what cannot be told", versions(null, "NA"), versions("13.11.0"), false],
  ["to what cannot be told", versions("3.1-2"), versions(null), false],
])("isAirflow3To2: %s", (_, from, to, expected) => {
  expect(isAirflow3To2(from, to, catalogue)).toBe(expected);
});

test.each([
  ["3.0-1", false],
  ["3.0-18", false],
  ["3.1-1", false],
  ["3.1-2-rc1", false],
  ["3.1-2", true],
  ["3.1-2-base", true],
  ["3.1-12", true],
  ["3.2-1", true],
  ["unreadable", false],
  [null, false],
])("canLeaveAirflow3: %s: %s", (runtimeVersion, expected) => {
  expect(canLeaveAirflow3(runtimeVersion)).toBe(expected);
});
