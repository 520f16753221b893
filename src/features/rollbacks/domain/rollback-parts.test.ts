import { buildDeployment, buildRevision } from "../../../../test/builders/domain";
import { composeTarget, isComposite } from "./rollback-parts";

const deployment = buildDeployment({ dagDeploymentType: "dag_deploy", dagTarballVersion: "b" });
const revision = (overrides: Parameters<typeof buildRevision>[0]) =>
  buildRevision({ deploymentId: deployment.id, dagDeploymentType: "dag_deploy", imageDigest: null, ...overrides });
const target = revision({ number: 1, imageTag: "one", dagTarballVersion: "a", runtimeVersion: "11.4.0" });
const current = revision({ number: 4, imageTag: "two", dagTarballVersion: "b", runtimeVersion: "11.5.0" });
const state = { deployment, current, head: current };

test("ALL is the target as it is", () => {
  expect(composeTarget(target, state, "ALL", "new")).toBe(target);
});

test.each([
  ["IMAGE", { imageTag: "one", runtimeVersion: "11.4.0", dagTarballVersion: "b" }],
  ["DAGS", { imageTag: "two", runtimeVersion: "11.5.0", dagTarballVersion: "a" }],
] as const)("%s takes its part from the target and the rest from what runs", (parts, content) => {
  const composed = composeTarget(target, state, parts, "new");
  expect(composed).toEqual({ ...target, ...content, originId: "new" });
  expect(isComposite(composed, target, state)).toBe(true);
});

test("after a change of the mechanism the DAGs are those that the Deployment has now", () => {
  const lost = { ...state, deployment: { ...deployment, dagTarballVersion: null } };
  expect(composeTarget(target, lost, "IMAGE", "new").dagTarballVersion).toBeNull();
});

test.each([
  ["IMAGE", { dagTarballVersion: "b" }, "the target"],
  ["DAGS", { dagTarballVersion: "b" }, "what runs"],
] as const)("%s of a target with the same DAGs has the content of %s", (parts, overrides, of) => {
  const twin = { ...target, ...overrides };
  const { originId } = composeTarget(twin, state, parts, "new");
  expect(originId).toBe((of === "what runs" ? current : twin).originId);
});

test("DAGs of a target with an image of the same name are another content: its tag may have been moved", () => {
  const moved = { ...target, imageTag: "two", runtimeVersion: "11.5.0" };
  expect(composeTarget(moved, state, "DAGS", "new").originId).toBe("new");
});

test("the same once more has the content of the rollback that came before", () => {
  for (const parts of ["IMAGE", "DAGS"] as const) {
    const first = { ...composeTarget(target, state, parts, "first"), number: 5, rollbackFromId: target.id };
    expect(composeTarget(target, { ...state, head: first }, parts, "second").originId).toBe("first");
  }
});

test.each([
  ["nothing runs", { ...state, current: null }],
  ["the DAGs are in the image", { ...state, deployment: { ...deployment, dagDeploymentType: "image" as const } }],
  ["they were in the image that runs", { ...state, current: { ...current, dagDeploymentType: "image" as const } }],
])("the target stays whole where %s", (_name, other) => {
  expect(composeTarget(target, other, "DAGS", "new")).toBe(target);
});
