import {
  deploymentStatus,
  fileCounts,
  heldWords,
  holdNote,
  imageTag,
  isCancelled,
  issueHeading,
  plural,
  rollbackTitle,
  statusWords,
  stepWords,
  summaryOf,
  titleOf,
} from "./words";

test("only what runs and was rolled out is Running", () => {
  expect(statusWords({ status: "DEPLOYED", isCurrent: true }).word).toBe("Running");
  expect(statusWords({ status: "DEPLOYED", isCurrent: false }).word).toBe("Deployed");
  expect(statusWords({ status: "FAILED", isCurrent: false })).toMatchObject({ word: "Failed", tone: "bad" });
});

test("the newest deploy decides on a Deployment's status", () => {
  const current = { number: 4 };
  expect(deploymentStatus({ status: "INITIALIZED", number: 5 }, current).word).toBe("Rolling out #5");
  expect(deploymentStatus({ status: "FAILED", number: 5 }, current).word).toBe("#5 failed");
  expect(deploymentStatus({ status: "SUPERSEDED", number: 5 }, current).word).toBe("Running");
  expect(deploymentStatus(undefined, null).word).toBe("No deploy yet");
});

test("older content is rolled back to, newer content is deployed again", () => {
  const rolledBack = { number: 13, rollbackFrom: { number: 9 } };
  expect(rollbackTitle("Analytics", { number: 12 }, { number: 9 })).toBe("Roll back Analytics to #9");
  expect(rollbackTitle("Analytics", rolledBack, { number: 12 })).toBe("Deploy #12 again");
  expect(rollbackTitle("Analytics", { number: 14 }, rolledBack)).toBe("Roll back Analytics to #13");
});

test("headings name the deploys of the plan", () => {
  expect(issueHeading({ code: "TARGET_NOT_DEPLOYED" }, { from: 12, to: 11 })).toBe("#11 never ran.");
  expect(issueHeading({ code: "A_CODE_OF_LATER" }, { from: 12, to: 11 })).toBeNull();
});

test.each([
  ["registry.example.com:5000/a/airflow:deploy-9", "deploy-9"],
  ["registry.example.com/a/airflow:deploy-9@sha256:d5e48a8891af00112233", "deploy-9"],
  ["registry.example.com:5000/a/airflow@sha256:d5e48a8891af00112233", "sha256:d5e48a8891af…"],
  ["airflow", "airflow"],
])("%s is shown as %s", (image, words) => {
  expect(imageTag(image)).toBe(words);
});

test("counts and fallbacks are plain words", () => {
  expect([plural(1, "deploy"), plural(1200, "deploy")]).toEqual(["1 deploy", "1,200 deploys"]);
  expect(stepWords("SWITCH_DAGS")).toBe("DAG files switched");
  expect(stepWords("RUN_DATABASE_JOB")).toBe("Run database job");
  expect(titleOf({ description: " ", trigger: "DAG_UPLOAD" })).toBe("No description (upload of DAGs)");
  expect(fileCounts({ added: ["a"], removed: [], changed: ["b", "c"], unchangedCount: 24 })).toBe(
    "1 added, 2 changed, 24 stay",
  );
  expect(fileCounts({ added: [], removed: [], changed: [], unchangedCount: 1 })).toBe("no difference in 1 file");
});

test("the summary is one line for the incident's channel", () => {
  const summary = {
    label: "Ingestion",
    from: 12,
    to: 9,
    number: 13,
    at: "03:12",
    took: "42 s",
    reason: "Customers are gone since #12",
    by: "Ada Marsh",
    link: "https://retrograde.example.com/x",
  };
  expect(summaryOf(summary)).toBe(
    "Rolled back **Ingestion** from #12 to the content of #9 (now #13) at 03:12 UTC, took 42 s. " +
      "Reason: Customers are gone since #12. By Ada Marsh. <https://retrograde.example.com/x>",
  );
});

test("a hold is on what changes", () => {
  const image = { field: "image", from: "registry.example.com/a:two", changed: true };
  const dags = { field: "dagTarballVersion", from: "2026-11-26T12:58:11.000Z", changed: true };
  expect(holdNote([image, dags])).toMatch(
    /^Deploys of its image two or of its DAG bundle 2026-11-26T12:58:11 are refused/,
  );
  expect(holdNote([image, { ...dags, changed: false }])).toMatch(/^Deploys of its image two are refused/);
  expect(
    holdNote([
      { ...image, changed: false },
      { ...dags, from: null },
    ]),
  ).toBeNull();
});

test("what a hold is on, and what was stopped", () => {
  expect(heldWords({ image: "a:two", dagBundleSha256: null })).toBe("Image two");
  expect(heldWords({ image: null, dagBundleSha256: "0123456789abcdef" })).toBe("DAG bundle 0123456789ab…");
  expect(isCancelled({ status: "SUPERSEDED", statusReason: "Cancelled by Ada: wrong" })).toBe(true);
  expect(isCancelled({ status: "SUPERSEDED", statusReason: "Revision 4 came first" })).toBe(false);
});
