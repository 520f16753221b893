import type { AuditObject } from "../../../kernel/audit-entry";
import type { ActorType } from "../../../kernel/permissions";
import type { Instant } from "../../../kernel/instant";
import type { DagDeploymentType } from "../../deployments/domain";
import type { DeploySource } from "./deploy-source";

export const DEPLOY_TYPES = ["IMAGE_AND_DAG", "IMAGE_ONLY", "DAG_ONLY"] as const;
export type DeployType = (typeof DEPLOY_TYPES)[number];

/**
 * INITIALIZED: recorded, and being rolled out. It then becomes exactly one of three final states: DEPLOYED: it runs, or
 * ran until a later one took over. FAILED: it could not be rolled out; what ran before still runs. SUPERSEDED: a later
 * deploy or rollback came before it was finished. A push that cannot be a deploy is recorded as FAILED at once.
 */
export const DEPLOY_STATUSES = ["INITIALIZED", "DEPLOYED", "FAILED", "SUPERSEDED"] as const;
export type DeployStatus = (typeof DEPLOY_STATUSES)[number];

export const DEPLOY_TRIGGERS = ["IMAGE_ENDPOINT", "REGISTRY_PUSH", "DAG_UPLOAD", "UPSERT", "ROLLBACK"] as const;
export type DeployTrigger = (typeof DEPLOY_TRIGGERS)[number];

/** What a deploy puts in place, and what a rollback restores: all of it, and nothing else. */
export interface DeployContent {
  readonly imageRepository: string | null;
  readonly imageTag: string | null;
  readonly imageDigest: string | null;
  readonly runtimeVersion: string | null;
  /** The Airflow version in the image, also for a Runtime; null if unknown. */
  readonly airflowVersion: string | null;
  readonly dagDeploymentType: DagDeploymentType;
  readonly dagTarballVersion: string | null;
}

/** One line of the deploy history. On a rollback the source is that of the target. */
export interface DeployRevision extends DeployContent, DeploySource {
  readonly id: string;
  readonly deploymentId: string;
  /** 1, 2, 3 … within the Deployment. */
  readonly number: number;
  readonly type: DeployType;
  readonly status: DeployStatus;
  readonly statusReason: string | null;
  readonly trigger: DeployTrigger;
  readonly description: string | null;
  readonly actorId: string;
  readonly actorType: ActorType;
  readonly actorLabel: string;
  /** On a rollback: whose content it restored. */
  readonly rollbackFromId: string | null;
  /** On a rollback: what ran when it was triggered. */
  readonly rolledBackId: string | null;
  /** The first revision with this content: itself, or where the chain of rollbacks leads to. */
  readonly originId: string;
  /** Failed attempts, without those during an outage. */
  readonly rolloutFailures: number;
  /** Since when a dependency of the rollout is unavailable; null if none is. */
  readonly outageSince: Instant | null;
  readonly pinned: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly finishedAt: Instant | null;
}

export function contentOf(revision: DeployContent): DeployContent {
  const {
    imageRepository,
    imageTag,
    imageDigest,
    runtimeVersion,
    airflowVersion,
    dagDeploymentType,
    dagTarballVersion,
  } = revision;
  return {
    imageRepository,
    imageTag,
    imageDigest,
    runtimeVersion,
    airflowVersion,
    dagDeploymentType,
    dagTarballVersion,
  };
}

/** Compares by name, so it does not notice a tag that was moved in between. */
export function hasSameImage(a: DeployContent, b: DeployContent): boolean {
  return a.imageRepository === b.imageRepository && a.imageTag === b.imageTag && a.imageDigest === b.imageDigest;
}

/** By names alone, DAGs included: see `hasSameImage`. */
export const isSameByName = (a: DeployContent, b: DeployContent): boolean =>
  hasSameImage(a, b) &&
  a.runtimeVersion === b.runtimeVersion &&
  a.dagDeploymentType === b.dagDeploymentType &&
  a.dagTarballVersion === b.dagTarballVersion;

/**
 * Whether two revisions have the same content. Images with a digest are compared by it. Images without one are the same
 * only along a chain of rollbacks, because a tag can be moved.
 */
export function hasSameContent(a: DeployRevision, b: DeployRevision): boolean {
  if (a.originId === b.originId) return true;
  return (
    a.imageDigest !== null &&
    a.imageDigest === b.imageDigest &&
    a.imageRepository === b.imageRepository &&
    a.runtimeVersion === b.runtimeVersion &&
    a.dagDeploymentType === b.dagDeploymentType &&
    a.dagTarballVersion === b.dagTarballVersion
  );
}

/** `repository:tag@digest`, as far as known. */
export function imageReference(
  content: Pick<DeployContent, "imageRepository" | "imageTag" | "imageDigest">,
): string | null {
  const { imageRepository, imageTag, imageDigest } = content;
  if (imageRepository === null) return null;
  return `${imageRepository}${imageTag === null ? "" : `:${imageTag}`}${imageDigest === null ? "" : `@${imageDigest}`}`;
}

/** For log lines and messages: “Runtime 11.5.0”, “Airflow 2.3.4-6”. */
export function versionLabel({
  runtimeVersion,
  airflowVersion,
}: Pick<DeployContent, "runtimeVersion" | "airflowVersion">): string {
  if (runtimeVersion !== null) return `Runtime ${runtimeVersion}`;
  return airflowVersion === null ? "an unknown version" : `Airflow ${airflowVersion}`;
}

/** A revision as the audit trail names it. */
export const auditedRevision = (
  { id, number }: Pick<DeployRevision, "id" | "number">,
  deployment: { readonly id: string; readonly workspaceId: string; readonly label: string },
): AuditObject => ({
  type: "deploy_revision",
  id,
  label: `${deployment.label} #${number}`,
  workspaceId: deployment.workspaceId,
  deploymentId: deployment.id,
});
