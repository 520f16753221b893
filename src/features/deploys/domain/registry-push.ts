import type { Instant } from "../../../kernel/instant";
import type { DeployRevision } from "./deploy-revision";

/** RECORDED: it became a deploy. IGNORED: it cannot become one; the history or the log tells why. */
export type PushOutcome = "RECORDED" | "IGNORED";

/** An image of a Deployment that arrived in the registry, as a notification told it. */
export interface PushEvent {
  /** The registry's, the same when it tells it again. */
  readonly eventId: string;
  readonly releaseName: string;
  readonly tag: string;
  readonly digest: string;
  /** The subject of the token that it was pushed with. */
  readonly actorName: string;
  readonly requestId: string;
  /** The network address that it was pushed from. */
  readonly address: string;
}

export interface RegistryPush extends Omit<PushEvent, "releaseName"> {
  readonly id: string;
  readonly deploymentId: string;
  readonly receivedAt: Instant;
  /** Null until it is dealt with. */
  readonly outcome: PushOutcome | null;
}

/** `latest` names no version to roll back to. Source: how the 0.35 platform takes notifications. */
export const isDeployable = (tag: string): boolean => tag !== "" && tag !== "latest";

/** Deploys that name the image to run. Pushes and DAG uploads do not. */
const OVERRULING = new Set(["IMAGE_ENDPOINT", "UPSERT", "ROLLBACK"]);

/** Whether a deploy or rollback came after the push: recording the push now would undo it. */
export const isOverruled = (
  { receivedAt }: Pick<RegistryPush, "receivedAt">,
  head: Pick<DeployRevision, "trigger" | "createdAt"> | null,
): boolean => head !== null && OVERRULING.has(head.trigger) && head.createdAt > receivedAt;
