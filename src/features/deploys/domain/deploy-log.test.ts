import { buildDeployment, buildRevision, NOW } from "../../../../test/builders/domain";
import { deployLogLine, type DeployEvent } from "./deploy-log";
import { DEPLOY_TRIGGERS, DEPLOY_TYPES, type DeployType } from "./deploy-revision";

const deployment = buildDeployment({ label: "Sales", releaseName: "astral-comet-1234" });
const revision = buildRevision({
  number: 5,
  description: "broken DAGs",
  imageTag: "deploy-5",
  imageDigest: null,
  runtimeVersion: "11.5.0",
  airflowVersion: "2.9.2",
  actorLabel: "Ada",
});
const from = buildRevision({ number: 4, runtimeVersion: "11.5.0", airflowVersion: "2.9.2" });
const target = buildRevision({ number: 2, runtimeVersion: null, airflowVersion: "2.3.4-6" });

const ALWAYS = {
  dagTarballVersion: null,
  revisionId: revision.id,
  revisionNumber: 5,
  isRollback: false,
  type: "IMAGE_AND_DAG",
  trigger: "IMAGE_ENDPOINT",
  actorId: revision.actorId,
  actorType: "USER",
  actorLabel: "Ada",
  image: "registry.example.com/team/airflow:deploy-5",
  runtimeVersion: "11.5.0",
  airflowVersion: "2.9.2",
};

const NO_IMAGE = { imageRepository: null, imageTag: null, imageDigest: null };

const SIDES = {
  fromRevisionId: from.id,
  fromRevisionNumber: 4,
  fromRuntimeVersion: "11.5.0",
  fromAirflowVersion: "2.9.2",
  toRevisionId: target.id,
  toRevisionNumber: 2,
  toRuntimeVersion: null,
  toAirflowVersion: "2.3.4-6",
};

test.each<[DeployEvent, string, object]>([
  [
    { event: "deploy_recorded" },
    "Revision 5: Ada deploys registry.example.com/team/airflow:deploy-5 (Runtime 11.5.0): broken DAGs",
    {},
  ],
  [
    { event: "deploy_recorded", isUnknownRelease: true },
    "Revision 5: Ada deploys registry.example.com/team/airflow:deploy-5 (Runtime 11.5.0, which is not in the catalogue): broken DAGs",
    { warnings: ["UNKNOWN_RELEASE"] },
  ],
  [
    { event: "rollback_accepted", from, target, warnings: ["DATABASE_DOWNGRADE"] },
    "Revision 5: Ada rolls back from revision 4 (Runtime 11.5.0) to revision 2 (Airflow 2.3.4-6): broken DAGs",
    { ...SIDES, warnings: ["DATABASE_DOWNGRADE"] },
  ],
  [
    { event: "rollback_accepted", from: null, target, warnings: [] },
    "Revision 5: Ada rolls back from nothing to revision 2 (Airflow 2.3.4-6): broken DAGs",
    {
      ...SIDES,
      fromRevisionId: null,
      fromRevisionNumber: null,
      fromRuntimeVersion: null,
      fromAirflowVersion: null,
      warnings: [],
    },
  ],
  [
    { event: "dags_added", version: "2024-07-15T09:30:00.000000Z" },
    "Revision 5: Ada adds DAGs (bundle 2024-07-15T09:30:00.000000Z)",
    {},
  ],
  [{ event: "rollout_started" }, "Revision 5 is being rolled out", {}],
  [
    { event: "rollout_attempt_failed", failure: 2, reason: "no space left" },
    "Revision 5: attempt 2 failed: no space left",
    { reason: "no space left" },
  ],
  [{ event: "deployed" }, "Revision 5 is deployed", {}],
  [{ event: "failed", reason: "no space left" }, "Revision 5 failed: no space left", { reason: "no space left" }],
  [
    { event: "push_refused", reason: "it is older" },
    "Revision 5: the push of registry.example.com/team/airflow:deploy-5 by Ada is not deployed: it is older",
    { reason: "it is older" },
  ],
  [{ event: "superseded", by: 6 }, "Revision 5 is superseded by revision 6", { supersededBy: 6 }],
])("%j", (event, message, details) => {
  expect(deployLogLine(deployment, revision, event, NOW)).toEqual({
    deploymentId: deployment.id,
    workspaceId: deployment.workspaceId,
    releaseName: "astral-comet-1234",
    component: "deploy-rollback",
    message,
    fields: { event: event.event, ...ALWAYS, ...details },
    createdAt: NOW,
  });
});

test("says so where version and description are missing", () => {
  const bare = buildRevision({ ...NO_IMAGE, type: "DAG_ONLY", description: null, actorLabel: "ci" });
  expect(deployLogLine(deployment, bare, { event: "deploy_recorded" }, NOW).message).toBe(
    "Revision 1: ci deploys DAGs",
  );
  const unknown = buildRevision({ imageTag: "1", imageDigest: null, runtimeVersion: null, airflowVersion: null });
  expect(deployLogLine(deployment, unknown, { event: "deploy_recorded" }, NOW).message).toContain(
    "team/airflow:1 (an unknown version)",
  );
});

describe("the text follows the type of the deploy", () => {
  const IMAGE = "registry.example.com/team/airflow:v1";
  const BUNDLE = "2024-07-15T09:30:00.000000Z";
  const OLD_BUNDLE = "2024-07-01T08:00:00.000000Z";

  /** By type of deploy: whether it has an image, and whether it has a DAG bundle. */
  const SAID: Readonly<Record<DeployType, Readonly<Record<string, string>>>> = {
    IMAGE_AND_DAG: {
      "image, bundle": `${IMAGE} (Runtime 11.5.0) and DAGs (bundle ${BUNDLE})`,
      "image, no bundle": `${IMAGE} (Runtime 11.5.0)`,
      "no image, bundle": `DAGs (bundle ${BUNDLE})`,
      "no image, no bundle": "DAGs",
    },
    IMAGE_ONLY: {
      "image, bundle": `${IMAGE} (Runtime 11.5.0)`,
      "image, no bundle": `${IMAGE} (Runtime 11.5.0)`,
      "no image, bundle": "an image",
      "no image, no bundle": "an image",
    },
    DAG_ONLY: {
      "image, bundle": `DAGs (bundle ${BUNDLE})`,
      "image, no bundle": "DAGs",
      "no image, bundle": `DAGs (bundle ${BUNDLE})`,
      "no image, no bundle": "DAGs",
    },
  };
  const cases = DEPLOY_TYPES.flatMap((type) =>
    DEPLOY_TRIGGERS.flatMap((trigger) =>
      ["image", "no image"].flatMap((image) =>
        ["bundle", "no bundle"].map((bundle) => ({ type, trigger, image, bundle })),
      ),
    ),
  );

  test.each(cases)("$type, $trigger, $image, $bundle", ({ type, trigger, image, bundle }) => {
    const dagTarballVersion = bundle === "bundle" ? BUNDLE : null;
    const one = buildRevision({
      number: 7,
      type,
      trigger,
      imageTag: "v1",
      imageDigest: null,
      ...(image === "no image" && NO_IMAGE),
      runtimeVersion: "11.5.0",
      dagDeploymentType: "dag_deploy",
      dagTarballVersion,
      description: "why",
      actorLabel: "Ada",
    });
    const old = buildRevision({ number: 4, runtimeVersion: "11.4.0", dagTarballVersion: OLD_BUNDLE });
    const isRollback = trigger === "ROLLBACK";
    const event: DeployEvent = isRollback
      ? { event: "rollback_accepted", from: one, target: old, warnings: [] }
      : { event: "deploy_recorded" };
    const { message, fields } = deployLogLine(deployment, one, event, NOW);
    const rolledBack =
      type === "DAG_ONLY"
        ? `rolls back DAGs from revision 7 (${dagTarballVersion === null ? "no bundle" : `bundle ${BUNDLE}`}) to revision 4 (bundle ${OLD_BUNDLE})`
        : "rolls back from revision 7 (Runtime 11.5.0) to revision 4 (Runtime 11.4.0)";
    const said = isRollback ? rolledBack : `deploys ${SAID[type][`${image}, ${bundle}`] ?? ""}`;
    expect(message).toBe(`Revision 7: Ada ${said}: why`);
    expect(fields).toMatchObject({ type, trigger, isRollback });
  });

  test("an image that brings its DAGs along names no bundle", () => {
    const one = buildRevision({ imageTag: "v1", imageDigest: null, dagDeploymentType: "image", actorLabel: "Ada" });
    expect(deployLogLine(deployment, one, { event: "deploy_recorded" }, NOW).message).toBe(
      `Revision 1: Ada deploys ${IMAGE} (Runtime 11.5.0)`,
    );
  });
});

test("a deploy's line names its source, and the fields hold it", () => {
  const source = {
    sourceCommit: "0a1b2c3",
    sourceBranch: "main",
    sourceUrl: "https://ci.example.com/runs/17",
    sourceAuthor: "Grace",
  };
  const deployed = buildRevision({ number: 4, imageDigest: null, description: "dbt 1.8", ...source });
  const { message, fields } = deployLogLine(buildDeployment(), deployed, { event: "deploy_recorded" }, NOW);
  expect(message).toMatch(/ deploys .* from commit 0a1b2c3 on main by Grace: dbt 1.8$/);
  expect(fields).toMatchObject(source);
});
