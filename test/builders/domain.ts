import { loadCatalogue, type RuntimeCatalogue } from "../../src/features/runtimes";
import type { Deployment } from "../../src/features/deployments";
import type { Hold } from "../../src/features/holds";
import type { DeployRevision } from "../../src/features/deploys/domain/deploy-revision";
import type { RollbackQuestion, RollbackSettings } from "../../src/features/rollbacks/domain/rollback-question";
import { newId } from "../../src/kernel/ids";
import type { Actor } from "../../src/kernel/permissions";

export const NOW = "2024-07-15T09:30:00.000Z";
const EARLIER = "2024-07-01T08:00:00.000Z";

export function buildDeployment(overrides: Partial<Deployment> = {}): Deployment {
  const id = overrides.id ?? newId();
  return {
    id,
    workspaceId: newId(),
    label: "Sales",
    description: null,
    releaseName: "astral-comet-1234",
    namespace: "astral-comet-1234",
    chartVersion: "1.15.0",
    executor: "CeleryExecutor",
    runtimeVersion: "11.5.0",
    airflowVersion: null,
    pendingRuntimeVersion: null,
    pendingAirflowVersion: null,
    dagDeploymentType: "image",
    dagTarballVersion: null,
    dagDeployment: {},
    components: {},
    environmentVariables: [],
    config: {},
    properties: {},
    cloudRole: null,
    dockerConfigJson: null,
    rollbackEnabled: true,
    lastRevisionNumber: 3,
    headRevisionId: null,
    currentRevisionId: null,
    createdAt: EARLIER,
    updatedAt: EARLIER,
    ...overrides,
  };
}

/** A revision that was rolled out; its own origin unless one is given. */
export function buildRevision(overrides: Partial<DeployRevision> = {}): DeployRevision {
  const id = overrides.id ?? newId();
  return {
    id,
    deploymentId: newId(),
    number: 1,
    type: "IMAGE_AND_DAG",
    status: "DEPLOYED",
    statusReason: null,
    trigger: "IMAGE_ENDPOINT",
    description: null,
    imageRepository: "registry.example.com/team/airflow",
    imageTag: `deploy-${overrides.number ?? 1}`,
    imageDigest: `sha256:${id.replaceAll("-", "").padEnd(64, "0")}`,
    runtimeVersion: "11.5.0",
    airflowVersion: "2.9.2",
    dagDeploymentType: "image",
    dagTarballVersion: null,
    sourceCommit: null,
    sourceBranch: null,
    sourceUrl: null,
    sourceAuthor: null,
    actorId: newId(),
    actorType: "USER",
    actorLabel: "Ada Lovelace",
    rollbackFromId: null,
    rolledBackId: null,
    originId: id,
    rolloutFailures: 0,
    outageSince: null,
    pinned: false,
    createdAt: EARLIER,
    updatedAt: EARLIER,
    finishedAt: EARLIER,
    ...overrides,
  };
}

/** On an image that nothing else names. */
export function buildHold(overrides: Partial<Hold> = {}): Hold {
  return {
    id: newId(),
    deploymentId: newId(),
    revisionId: newId(),
    revisionNumber: 1,
    rollbackId: null,
    imageRepository: "registry.example.com/team/airflow",
    imageTag: "held",
    imageDigest: null,
    dagBundleSha256: null,
    reason: "it broke",
    actorId: newId(),
    actorType: "USER",
    actorLabel: "Ada Lovelace",
    createdAt: EARLIER,
    ...overrides,
  };
}

export function buildActor(overrides: Partial<Actor> = {}): Actor {
  return { id: newId(), type: "USER", label: "Ada Lovelace", grants: [], ...overrides };
}

const SETTINGS: RollbackSettings = {
  rollbackEnabled: true,
  retentionDays: 90,
  dagOnlyDeployment: true,
  updateDeploymentImageEndpoint: true,
  imageValidation: false,
  defaultRepositories: { runtime: "quay.io/astronomer/astro-runtime", airflow: "quay.io/astronomer/ap-airflow" },
  requireDataLossAcknowledgement: true,
  allowAirflow3To2: false,
  dagTarballVersionValidation: true,
};

/** The shipped one. */
export const shippedCatalogue = (): Promise<RuntimeCatalogue> => loadCatalogue();

/** A rollback from revision 3, which runs, to revision 2, which nothing speaks against. */
export function buildQuestion(
  catalogue: RuntimeCatalogue,
  {
    settings,
    ...overrides
  }: Partial<Omit<RollbackQuestion, "settings">> & { settings?: Partial<RollbackSettings> } = {},
): RollbackQuestion {
  const deployment = overrides.deployment ?? buildDeployment();
  const { runtimeVersion, airflowVersion, dagDeploymentType } = deployment;
  const current = buildRevision({
    deploymentId: deployment.id,
    number: 3,
    runtimeVersion,
    airflowVersion,
    dagDeploymentType,
  });
  return {
    catalogue,
    now: NOW,
    mayPush: true,
    deployment,
    current,
    head: overrides.current ?? current,
    target: buildRevision({ deploymentId: deployment.id, number: 2 }),
    previousDeployedNumber: 2,
    bundle: null,
    image: { kind: "FOUND", digest: "sha256:1" },
    hold: null,
    ...overrides,
    settings: { ...SETTINGS, ...settings },
  };
}
