import type { Instant } from "../../../kernel/instant";
import type { ActorType } from "../../../kernel/permissions";

/** What a hold can be on: an image, a DAG bundle, or both. */
export interface HeldContent {
  /** Null where there is no image. */
  readonly imageRepository: string | null;
  readonly imageTag: string | null;
  readonly imageDigest: string | null;
  /** Null where there is no DAG bundle. */
  readonly dagBundleSha256: string | null;
}

export type HeldImage = Omit<HeldContent, "dagBundleSha256">;

export const NO_IMAGE: HeldImage = { imageRepository: null, imageTag: null, imageDigest: null };

/** Content that must not be deployed to its Deployment again, until the hold is lifted. */
export interface Hold extends HeldContent {
  readonly id: string;
  readonly deploymentId: string;
  /** The revision that it was put on; it may be cleaned up by now. */
  readonly revisionId: string;
  readonly revisionNumber: number;
  /** The rollback that made it; null where it was made by itself. */
  readonly rollbackId: string | null;
  readonly reason: string;
  readonly actorId: string;
  readonly actorType: ActorType;
  readonly actorLabel: string;
  readonly createdAt: Instant;
}

/**
 * Whether two images are the same: by digest where both are known, otherwise by repository and tag, since a tag alone
 * does not show that it was moved.
 */
export function isSameImage(a: HeldImage, b: HeldImage): boolean {
  if (a.imageRepository === null || b.imageRepository === null) return false;
  if (a.imageDigest !== null && b.imageDigest !== null) return a.imageDigest === b.imageDigest;
  return a.imageTag !== null && a.imageRepository === b.imageRepository && a.imageTag === b.imageTag;
}

const isSameBundle = (a: HeldContent, b: HeldContent): boolean =>
  a.dagBundleSha256 !== null && a.dagBundleSha256 === b.dagBundleSha256;

/**
 * Returns the hold against putting the content in place; null if there is none. What runs already is not put in place
 * again, so a hold on it does not count.
 */
export function holdAgainst(
  holds: readonly Hold[],
  content: HeldContent,
  running: HeldContent | null = null,
): Hold | null {
  const brings = contentToHold(content, running);
  return brings && (holds.find((hold) => isSameImage(hold, brings) || isSameBundle(hold, brings)) ?? null);
}

/** Returns the content without what `kept` has as well; null if nothing is left. */
export function contentToHold(content: HeldContent, kept: HeldContent | null): HeldContent | null {
  const image = kept !== null && isSameImage(content, kept) ? NO_IMAGE : content;
  const dagBundleSha256 = kept !== null && isSameBundle(content, kept) ? null : content.dagBundleSha256;
  const { imageRepository, imageTag, imageDigest } = image;
  if (imageRepository === null && dagBundleSha256 === null) return null;
  return { imageRepository, imageTag, imageDigest, dagBundleSha256 };
}

/** `repository:tag@digest`, as far as known; null where the hold is on DAGs only. */
export function heldImageReference({ imageRepository, imageTag, imageDigest }: HeldImage): string | null {
  if (imageRepository === null) return null;
  return `${imageRepository}${imageTag === null ? "" : `:${imageTag}`}${imageDigest === null ? "" : `@${imageDigest}`}`;
}

/** What is held, for messages. */
export function heldLabel(held: HeldContent): string {
  const image = heldImageReference(held);
  const dags = held.dagBundleSha256 === null ? null : `the DAG bundle ${held.dagBundleSha256.slice(0, 12)}`;
  return [image, dags].filter((part) => part !== null).join(" and ");
}

/** Who put it on hold, when and why. */
export const heldBecause = ({ actorLabel, createdAt, reason }: Hold): string =>
  `quarantined by ${actorLabel} at ${createdAt}: ${reason}`;

export const howToLift = ({ id }: Hold): string => `lift the quarantine with liftQuarantine(quarantineId: "${id}")`;
