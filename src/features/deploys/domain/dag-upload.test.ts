import { buildDeployment, buildRevision, NOW } from "../../../../test/builders/domain";
import { plusMs } from "../../../kernel/instant";
import { belongsTo, contentWithDags, dagsOf, keptDags, waitsForDags } from "./dag-upload";
import type { DeployRevision } from "./deploy-revision";

const V1 = "2024-07-15T09:30:00.000001Z";
const V2 = "2024-07-15T09:30:00.000002Z";
const WAIT_MS = 30_000;
const image = (overrides: Partial<DeployRevision> = {}): DeployRevision =>
  buildRevision({
    type: "IMAGE_ONLY",
    status: "INITIALIZED",
    dagDeploymentType: "dag_deploy",
    actorId: "ada",
    createdAt: NOW,
    ...overrides,
  });

test.each<[string, Partial<DeployRevision>, string, number, boolean]>([
  ["the same caller, at once", {}, "ada", 0, true],
  ["the same caller, at the last moment", {}, "ada", WAIT_MS, true],
  ["the same caller, too late", {}, "ada", WAIT_MS + 1, false],
  ["somebody else", {}, "jun", 0, false],
  ["an image from the registry", { trigger: "REGISTRY_PUSH" }, "ada", 0, true],
  ["an upsert, which brings all it has", { trigger: "UPSERT" }, "ada", 0, false],
  ["a rollback", { trigger: "ROLLBACK" }, "ada", 0, false],
  ["an image that has its DAGs", { type: "IMAGE_AND_DAG" }, "ada", 0, false],
  ["an image that is rolled out", { status: "DEPLOYED" }, "ada", 0, false],
  ["an image under another mechanism", { dagDeploymentType: "image" }, "ada", 0, false],
])("DAGs belong to an image: %s", (_name, head, actor, afterMs, expected) => {
  expect(belongsTo(image(head), { actor: { id: actor }, at: plusMs(NOW, afterMs), waitMs: WAIT_MS })).toBe(expected);
});

test("only images of Deployments with DAG-only deploys wait", () => {
  expect(waitsForDags({ trigger: "IMAGE_ENDPOINT", dagDeploymentType: "dag_deploy" })).toBe(true);
  expect(waitsForDags({ trigger: "IMAGE_ENDPOINT", dagDeploymentType: "image" })).toBe(false);
  expect(waitsForDags({ trigger: "ROLLBACK", dagDeploymentType: "dag_deploy" })).toBe(false);
});

describe("uploaded DAGs come with", () => {
  const deployment = buildDeployment({ dagDeploymentType: "dag_deploy", runtimeVersion: "11.4.0" });
  const current = image({ status: "DEPLOYED", imageTag: "one" });

  test("the image that runs", () => {
    expect(contentWithDags(V1, { deployment, head: current, current })).toMatchObject({
      type: "DAG_ONLY",
      content: { imageTag: "one", dagTarballVersion: V1 },
    });
  });

  test("the image that is under way, which is a new one then", () => {
    const head = image({ imageTag: "two" });
    expect(contentWithDags(V1, { deployment, head, current })).toMatchObject({
      type: "IMAGE_AND_DAG",
      content: { imageTag: "two" },
    });
  });

  test("the image that runs, where a newer one failed", () => {
    const head = image({ imageTag: "two", status: "FAILED" });
    expect(contentWithDags(V1, { deployment, head, current })).toMatchObject({
      type: "DAG_ONLY",
      content: { imageTag: "one" },
    });
  });

  test("no image where there was none yet, on top of DAGs under way either", () => {
    const head = image({ type: "DAG_ONLY", imageRepository: null, imageTag: null, imageDigest: null });
    expect(contentWithDags(V2, { deployment, head, current: null })).toMatchObject({
      type: "DAG_ONLY",
      content: { imageRepository: null },
    });
  });

  test("no image at all", () => {
    expect(contentWithDags(V1, { deployment, head: null, current: null })).toMatchObject({
      type: "DAG_ONLY",
      content: { imageRepository: null, runtimeVersion: "11.4.0", dagDeploymentType: "dag_deploy" },
    });
  });
});

test("a new image keeps the DAGs that are live, or on their way", () => {
  const deployment = buildDeployment({ dagDeploymentType: "dag_deploy", dagTarballVersion: V1 });
  expect(keptDags({ deployment, head: null })).toBe(V1);
  expect(keptDags({ deployment, head: image({ dagTarballVersion: V2 }) })).toBe(V2);
  expect(keptDags({ deployment, head: image({ dagTarballVersion: V2, status: "FAILED" }) })).toBe(V1);
  expect(keptDags({ deployment: { ...deployment, dagDeploymentType: "image" }, head: null })).toBeNull();
});

test.each([
  ["image", "image", "IMAGE_ENDPOINT", "image", null],
  ["dag_deploy", "dag_deploy", "DAG_UPLOAD", "dag_deploy", V1],
  ["image", "dag_deploy", "DAG_UPLOAD", "image", null],
  ["image", "dag_deploy", "ROLLBACK", "dag_deploy", V1],
  ["dag_deploy", "image", "ROLLBACK", "image", null],
  ["dag_deploy", "image", "IMAGE_ENDPOINT", "dag_deploy", null],
] as const)("set to %s, a %s deploy by %s is live under %s", (set, deployed, trigger, type, version) => {
  const revision = buildRevision({
    dagDeploymentType: deployed,
    dagTarballVersion: deployed === "dag_deploy" ? V1 : null,
    trigger,
  });
  expect(dagsOf(buildDeployment({ dagDeploymentType: set }), revision)).toEqual({
    dagDeploymentType: type,
    dagTarballVersion: version,
  });
});
