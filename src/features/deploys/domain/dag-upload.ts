import type { Deployment } from "../../deployments/domain";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { hasSameImage, type DeployContent, type DeployRevision, type DeployType } from "./deploy-revision";

/**
 * Whether uploaded DAGs belong to the image deploy at the head of the history: one by the same caller that is not
 * older than that and waits for them.
 */
export function belongsTo(
  head: DeployRevision,
  { actor, at, waitMs }: { readonly actor: Pick<Actor, "id">; readonly at: Instant; readonly waitMs: number },
): boolean {
  return (
    head.status === "INITIALIZED" &&
    head.type === "IMAGE_ONLY" &&
    waitsForDags(head) &&
    head.actorId === actor.id &&
    Date.parse(at) - Date.parse(head.createdAt) <= waitMs
  );
}

/** Whether its rollout has not begun because it waits for those DAGs. */
export const stillWaitsFor = (head: DeployRevision, upload: Parameters<typeof belongsTo>[1]): boolean =>
  belongsTo(head, upload) &&
  // Set when it began to wait, and cleared when its rollout begins.
  head.statusReason !== null &&
  head.rolloutFailures === 0 &&
  head.outageSince === null;

/**
 * Whether the `astro` CLI may be about to send the DAGs that belong to it; only an image by itself is followed by any.
 */
export const waitsForDags = ({
  trigger,
  dagDeploymentType,
}: Pick<DeployRevision, "trigger" | "dagDeploymentType">): boolean =>
  dagDeploymentType === "dag_deploy" && (trigger === "IMAGE_ENDPOINT" || trigger === "REGISTRY_PUSH");

interface Place {
  readonly deployment: Deployment;
  readonly head: DeployRevision | null;
  readonly current: DeployRevision | null;
}

/** The image that is meant to run, be it under way, with the uploaded DAGs. */
export function contentWithDags(
  version: string,
  { deployment, head, current }: Place,
): { readonly content: DeployContent; readonly type: DeployType } {
  const base = head?.status === "INITIALIZED" ? head : current;
  const content: DeployContent = {
    imageRepository: base?.imageRepository ?? null,
    imageTag: base?.imageTag ?? null,
    imageDigest: base?.imageDigest ?? null,
    runtimeVersion: base === null ? deployment.runtimeVersion : base.runtimeVersion,
    airflowVersion: base === null ? deployment.airflowVersion : base.airflowVersion,
    dagDeploymentType: "dag_deploy",
    dagTarballVersion: version,
  };
  const isNewImage = content.imageRepository !== null && (current === null || !hasSameImage(content, current));
  return { content, type: isNewImage ? "IMAGE_AND_DAG" : "DAG_ONLY" };
}

/** The DAGs that stay with a new image: those of an upload under way, else what is live. */
export function keptDags({ deployment, head }: Pick<Place, "deployment" | "head">): string | null {
  if (deployment.dagDeploymentType !== "dag_deploy") return null;
  return head?.status === "INITIALIZED" && head.dagDeploymentType === "dag_deploy"
    ? head.dagTarballVersion
    : deployment.dagTarballVersion;
}

/** How DAGs reach the Deployment once the revision is rolled out, and the bundle that is live then. */
export interface LiveDags {
  readonly dagDeploymentType: Deployment["dagDeploymentType"];
  readonly dagTarballVersion: string | null;
}

/** Only a rollback restores a mechanism; any other deploy uses the one that is set at that time. */
export function dagsOf(deployment: Deployment, revision: DeployRevision): LiveDags {
  const dagDeploymentType = revision.trigger === "ROLLBACK" ? revision.dagDeploymentType : deployment.dagDeploymentType;
  const isLive = dagDeploymentType === "dag_deploy" && revision.dagDeploymentType === "dag_deploy";
  return { dagDeploymentType, dagTarballVersion: isLive ? revision.dagTarballVersion : null };
}
