import { buildActor, buildDeployment, buildRevision, NOW } from "../../../../test/builders/domain";
import { InvalidInput } from "../../../kernel/errors";
import { contentOf, type DeployRevision, type DeployType } from "./deploy-revision";
import { NO_SOURCE } from "./deploy-source";
import {
  checkDescription,
  recordDeploy,
  recordRefusal,
  requireDescription,
  restore,
  shortenDescription,
} from "./new-revision";

const onto = buildDeployment({ lastRevisionNumber: 41 });
const by = buildActor({ type: "SERVICE_ACCOUNT", label: "ci" });
const recording = { id: "new", onto, by, at: NOW, description: "why" };

const FRESH = {
  id: "new",
  deploymentId: onto.id,
  number: 42,
  status: "INITIALIZED",
  statusReason: null,
  description: "why",
  actorId: by.id,
  actorType: "SERVICE_ACCOUNT",
  actorLabel: "ci",
  ...NO_SOURCE,
  rolloutFailures: 0,
  outageSince: null,
  pinned: false,
  createdAt: NOW,
  updatedAt: NOW,
  finishedAt: null,
};

describe("recordDeploy", () => {
  test("takes the next number, the actor, and the content as it is", () => {
    const content = contentOf(buildRevision({ dagDeploymentType: "image" }));
    expect(recordDeploy(content, "UPSERT", recording)).toEqual({
      ...FRESH,
      ...content,
      type: "IMAGE_AND_DAG",
      trigger: "UPSERT",
      rollbackFromId: null,
      rolledBackId: null,
      originId: "new",
    });
  });

  test.each([
    ["image", "IMAGE_AND_DAG"],
    ["dag_deploy", "IMAGE_ONLY"],
    ["git_sync", "IMAGE_ONLY"],
    ["volume", "IMAGE_ONLY"],
  ] as const)("an image under %s is %s", (dagDeploymentType, type) => {
    expect(recordDeploy(contentOf(buildRevision({ dagDeploymentType })), "IMAGE_ENDPOINT", recording).type).toBe(type);
  });
});

test("recordRefusal is final from the start, and keeps its reason short", () => {
  const content = contentOf(buildRevision({ dagDeploymentType: "image" }));
  expect(recordRefusal(content, "REGISTRY_PUSH", { ...recording, reason: "r".repeat(600) })).toEqual({
    ...FRESH,
    ...content,
    type: "IMAGE_AND_DAG",
    trigger: "REGISTRY_PUSH",
    rollbackFromId: null,
    rolledBackId: null,
    originId: "new",
    status: "FAILED",
    statusReason: "r".repeat(500),
    finishedAt: NOW,
  });
});

describe("restore", () => {
  test("copies the target's content with its source, and nothing else of it", () => {
    const current = buildRevision({ number: 41 });
    const target = buildRevision({
      number: 7,
      description: "old words",
      pinned: true,
      rolloutFailures: 3,
      statusReason: "x",
      originId: "first",
      rollbackFromId: "earlier",
      rolledBackId: "later",
      sourceCommit: "0a1b2c3",
    });
    expect(restore(target, current, recording)).toEqual({
      ...FRESH,
      ...contentOf(target),
      sourceCommit: "0a1b2c3",
      type: "IMAGE_AND_DAG",
      trigger: "ROLLBACK",
      rollbackFromId: target.id,
      rolledBackId: current.id,
      originId: "first",
    });
  });

  test("with nothing running rolls nothing back", () => {
    expect(restore(buildRevision(), null, recording)).toMatchObject({ rolledBackId: null, type: "IMAGE_AND_DAG" });
  });

  const dags = { dagDeploymentType: "dag_deploy", dagTarballVersion: "2024-01-12T18:32:20.589893Z" } as const;
  const otherDags = { ...dags, dagTarballVersion: "2024-02-01T00:00:00.000000Z" };
  const image = { imageTag: "1", imageDigest: "sha256:a" };

  test.each<[string, Partial<DeployRevision>, Partial<DeployRevision>, DeployType]>([
    ["image to image", { ...image }, { ...image, imageTag: "2" }, "IMAGE_AND_DAG"],
    ["image to dag_deploy", { ...image }, { ...image, ...dags }, "IMAGE_AND_DAG"],
    ["dag_deploy to image", { ...image, ...dags }, { ...image }, "IMAGE_AND_DAG"],
    ["only the DAGs differ", { ...image, ...dags }, { ...image, ...otherDags }, "DAG_ONLY"],
    ["only the tag differs", { ...image, ...dags }, { ...image, ...dags, imageTag: "2" }, "IMAGE_ONLY"],
    ["only the digest differs", { ...image, ...dags }, { ...image, ...dags, imageDigest: "sha256:b" }, "IMAGE_ONLY"],
    [
      "only the repository differs",
      { ...image, ...dags },
      { ...image, ...dags, imageRepository: "elsewhere" },
      "IMAGE_ONLY",
    ],
    ["the target had no DAGs yet", { ...image, ...dags }, { ...image, ...dags, dagTarballVersion: null }, "DAG_ONLY"],
    ["both differ", { ...image, ...dags }, { ...image, ...otherDags, imageTag: "2" }, "IMAGE_AND_DAG"],
    ["nothing differs, after a failed deploy", { ...image, ...dags }, { ...image, ...dags }, "IMAGE_AND_DAG"],
  ])("%s", (_name, current, target, type) => {
    expect(restore(buildRevision(target), buildRevision(current), recording).type).toBe(type);
  });
});

describe("a description", () => {
  test.each([
    [null, null],
    [undefined, null],
    ["", null],
    [" \t\n ", null],
    ["  why  ", "why"],
    ["x".repeat(500), "x".repeat(500)],
    [`  ${"x".repeat(500)}\n`, "x".repeat(500)],
  ])("%j", (text, kept) => {
    expect(checkDescription(text)).toBe(kept);
  });

  test("of more than 500 characters is refused", () => {
    expect(() => checkDescription("x".repeat(501))).toThrow("description: has at most 500 characters");
    expect(() => requireDescription("x".repeat(501))).toThrow(InvalidInput);
  });

  test("with a character that is not shown is refused", () => {
    expect(() => checkDescription("a\0b")).toThrow("description: contains U+0000, which is not shown");
  });

  test("from a label is cleaned and cut instead", () => {
    expect(shortenDescription("a\0b\r\nc")).toBe("ab\nc");
    expect(shortenDescription("x".repeat(501))).toBe(`${"x".repeat(499)}…`);
    expect(shortenDescription(undefined)).toBeNull();
  });

  test.each(["", "   ", "\n\t", "\u200b"])("of a rollback is required: %j", (text) => {
    expect(() => requireDescription(text)).toThrow("description: has to say why");
  });
});

describe("shortenDescription", () => {
  test.each([
    [undefined, null],
    [" \n", null],
    ["\0", null],
    [" dbt\0 1.8 ", "dbt 1.8"],
    ["x".repeat(500), "x".repeat(500)],
    [` ${"x".repeat(500)}\n`, "x".repeat(500)],
    ["x".repeat(501), `${"x".repeat(499)}…`],
    [`${"x".repeat(498)} and more`, `${"x".repeat(498)}…`],
    [`${"x".repeat(498)}😀😀😀`, `${"x".repeat(498)}😀…`],
    ["x".repeat(100_000), `${"x".repeat(499)}…`],
  ])("case %#", (text, description) => {
    expect(shortenDescription(text)).toBe(description);
  });
});
