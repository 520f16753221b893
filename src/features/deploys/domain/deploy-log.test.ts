import { buildDeployment, buildRevision, NOW } from "../../../../test/builders/domain";
import { deployLogLine, type DeployEvent } from "./deploy-log";

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
  trigger: "IMAGE_ENDPOINT",
  actorId: revision.actorId,
  actorType: "USER",
  actorLabel: "Ada",
  image: "registry.example.com/team/airflow:deploy-5",
  runtimeVersion: "11.5.0",
  airflowVersion: "2.9.2",
};

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

test("says so where image, version or description are missing", () => {
  const bare = buildRevision({
    number: 1,
    imageRepository: null,
    imageTag: null,
    imageDigest: null,
    runtimeVersion: null,
    airflowVersion: null,
    actorLabel: "ci",
  });
  expect(deployLogLine(deployment, bare, { event: "deploy_recorded" }, NOW).message).toBe(
    "Revision 1: ci deploys DAGs (an unknown version)",
  );
});
