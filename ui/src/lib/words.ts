import type { ActorType, DagDeploymentType, DeployStatus, DeployTrigger, DeployType } from "../gql";
import type { Issue } from "./ask";
import type { IconName } from "./icon-shapes";

export type Tone = "good" | "bad" | "info" | "mute" | "warn" | "roll" | "plain";

export interface StatusWords {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

const STATUS: Readonly<Record<DeployStatus, StatusWords>> = {
  DEPLOYED: { word: "Deployed", icon: "circle-check", tone: "plain" },
  INITIALIZED: { word: "Rolling out", icon: "ring", tone: "info" },
  FAILED: { word: "Failed", icon: "circle-x", tone: "bad" },
  SUPERSEDED: { word: "Superseded", icon: "circle-slash", tone: "mute" },
};
const RUNNING: StatusWords = { word: "Running", icon: "circle-dot", tone: "good" };

export const STATUSES = Object.keys(STATUS) as DeployStatus[];

export function statusWords(line: { readonly status: DeployStatus; readonly isCurrent: boolean }): StatusWords {
  return line.isCurrent && line.status === "DEPLOYED" ? RUNNING : STATUS[line.status];
}

/** Whether somebody has stopped it; without that, SUPERSEDED means that another deploy came first. */
export function isCancelled(line: { readonly status: DeployStatus; readonly statusReason?: string | null }): boolean {
  return line.status === "SUPERSEDED" && line.statusReason?.startsWith("Cancelled by ") === true;
}

/** The status of a Deployment, by its newest revision. */
export function deploymentStatus(
  newest: { readonly status: DeployStatus; readonly number: number } | undefined,
  current: { readonly number: number } | null | undefined,
): StatusWords {
  if (newest === undefined) return { word: "No deploy yet", icon: "circle", tone: "mute" };
  if (newest.status === "INITIALIZED") return { ...STATUS.INITIALIZED, word: `Rolling out #${newest.number}` };
  if (newest.status === "FAILED") return { ...STATUS.FAILED, word: `#${newest.number} failed` };
  return current == null ? STATUS[newest.status] : RUNNING;
}

export const ACTOR: Readonly<Record<ActorType, { readonly word: string; readonly icon: IconName }>> = {
  USER: { word: "person", icon: "person" },
  SERVICE_ACCOUNT: { word: "automation", icon: "robot" },
  SYSTEM: { word: "platform", icon: "gear" },
};

export const DEPLOY_TYPE: Readonly<Record<DeployType, string>> = {
  IMAGE_AND_DAG: "Image and DAGs",
  IMAGE_ONLY: "Image only",
  DAG_ONLY: "DAGs only",
};

export const TRIGGER: Readonly<Record<DeployTrigger, string>> = {
  DAG_UPLOAD: "upload of DAGs",
  IMAGE_ENDPOINT: "update of the image",
  REGISTRY_PUSH: "push to the registry",
  ROLLBACK: "rollback",
  UPSERT: "upsert of the Deployment",
};

export const MECHANISM: Readonly<Record<DagDeploymentType, string>> = {
  image: "DAGs in the image",
  dag_deploy: "DAG-only deploys",
  git_sync: "DAGs from git",
  volume: "DAGs from a volume",
};

const STEP: Readonly<Record<string, string>> = {
  UNPACK_DAGS: "DAG files unpacked",
  WRITE_VALUES: "Helm values written",
  REMOVE_DAGS: "DAG files removed",
  SWITCH_DAGS: "DAG files switched",
};

/** A driver may have steps of its own; their names then become words. */
export function stepWords(name: string): string {
  return STEP[name] ?? name.charAt(0) + name.slice(1).toLowerCase().replaceAll("_", " ");
}

/** The title of a line: what whoever deployed it said about it. */
export function titleOf(line: { readonly description?: string | null; readonly trigger: DeployTrigger }): string {
  return line.description?.trim() || `No description (${TRIGGER[line.trigger]})`;
}

interface Numbered {
  readonly number: number;
  readonly rollbackFrom?: { readonly number: number } | null;
}

const originOf = (line: Numbered): number => line.rollbackFrom?.number ?? line.number;

/** Whether the content is newer than what runs, so that the deploy is no rollback in the usual sense. */
export function isForward(from: Numbered, to: Numbered): boolean {
  return originOf(to) > originOf(from);
}

/** Returns "Roll back Analytics to #9" for older content, else "Deploy #12 again". */
export function rollbackTitle(label: string, from: Numbered, to: Numbered): string {
  return isForward(from, to) ? `Deploy #${to.number} again` : `Roll back ${label} to #${to.number}`;
}

/** What the confirm button says: the title without the Deployment. */
export function rollbackVerb(from: Numbered, to: Numbered): string {
  return isForward(from, to) ? `Deploy #${to.number} again` : `Roll back to #${to.number}`;
}

interface Sides {
  readonly from: number;
  readonly to: number;
}

const HEADING: Readonly<Record<string, (sides: Sides) => string>> = {
  RESTRICTED_RUNTIME: () => "This Runtime is restricted.",
  DEPRECATED_RUNTIME: () => "This Runtime is no longer maintained.",
  UNKNOWN_RELEASE: () => "The catalogue does not know this version.",
  MUTABLE_IMAGE_TAG: () => "The tag may point elsewhere by now.",
  IMAGE_UNVERIFIED: () => "Nobody has checked that the image is still there.",
  DATABASE_DOWNGRADE: () => "The database goes back to an older version.",
  ROLLBACK_DISABLED_FOR_INSTALLATION: () => "Rollback Deploy is off here.",
  ROLLBACK_DISABLED_FOR_DEPLOYMENT: () => "Rollback Deploy is off for this Deployment.",
  PERMISSION_DENIED: () => "You can look, but not roll back.",
  TARGET_IS_CURRENT: () => "This is what runs.",
  TARGET_NOT_DEPLOYED: ({ to }) => `#${to} never ran.`,
  TARGET_EXPIRED: ({ to }) => `#${to} is too old.`,
  TARGET_QUARANTINED: ({ to }) => `#${to} is on hold.`,
  RUNTIME_TOO_OLD: () => "Too old for rollbacks.",
  TARGET_RUNTIME_TOO_OLD: () => "Too old for rollbacks.",
  IMAGE_MISSING: () => "The image is gone.",
  DAG_BUNDLE_MISSING: () => "The DAG bundle is gone.",
  DAG_DEPLOYMENT_TYPE_UNSUPPORTED: () => "DAGs come from git or a volume.",
  TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED: ({ to }) => `The DAGs of #${to} came from git or a volume.`,
  DAG_ONLY_DEPLOYMENT_DISABLED: () => "DAG-only deploys are off here.",
  UPDATE_IMAGE_ENDPOINT_DISABLED: () => "Updates of the image are off here.",
};

/** Returns the heading of a note; null for a code without one, whose message then stands alone. */
export function issueHeading({ code }: Pick<Issue, "code">, sides: Sides): string | null {
  return HEADING[code]?.(sides) ?? null;
}

export const CHANGED_PART: Readonly<Record<string, string>> = {
  image: "Image",
  runtimeVersion: "Runtime",
  airflowVersion: "Airflow",
  dagDeploymentType: "DAGs come from",
  dagTarballVersion: "DAG bundle",
};

/** "image" and "dag_deploy" are words of the API. */
export function partValue(field: string, value: string | null | undefined): string {
  if (value == null) return "none";
  return field === "dagDeploymentType" ? (MECHANISM[value as DagDeploymentType] ?? value) : value;
}

/** Returns what is refused once the rolled-back content is on hold; null where the target has all of it too. */
export function holdNote(
  changes: readonly { readonly field: string; readonly from?: string | null; readonly changed: boolean }[],
): string | null {
  const parts = changes.flatMap(({ field, from, changed }) => {
    if (!changed || from == null) return [];
    if (field === "image") return [`its image ${imageTag(from)}`];
    return field === "dagTarballVersion" ? [`its DAG bundle ${from.slice(0, 19)}`] : [];
  });
  if (parts.length === 0) return null;
  return `Deploys of ${parts.join(" or of ")} are refused until somebody lifts the hold. A new build passes.`;
}

/** Returns what a hold is on, in words. */
export function heldWords({
  image,
  dagBundleSha256,
}: {
  image?: string | null;
  dagBundleSha256?: string | null;
}): string {
  const parts = [
    image == null ? "" : `image ${imageTag(image)}`,
    dagBundleSha256 == null ? "" : `DAG bundle ${dagBundleSha256.slice(0, 12)}…`,
  ].filter((part) => part !== "");
  const text = parts.join(" and ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns the tag of an image reference, else its digest cut short, else all of it. */
export function imageTag(image: string): string {
  const [name = image, digest] = image.split("@");
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return tag ?? (digest === undefined ? image : shortDigest(digest));
}

export function shortDigest(digest: string): string {
  return digest.length > 22 ? `${digest.slice(0, 19)}…` : digest;
}

/** Returns "1 deploy" or "12 deploys". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

export function fileCounts(dags: {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly unchangedCount: number;
}): string {
  const parts = [
    dags.added.length > 0 ? `${dags.added.length} added` : "",
    dags.removed.length > 0 ? `${dags.removed.length} removed` : "",
    dags.changed.length > 0 ? `${dags.changed.length} changed` : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return `no difference in ${plural(dags.unchangedCount, "file")}`;
  return [...parts, `${dags.unchangedCount} stay`].join(", ");
}

export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export interface RollbackSummary {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly number: number;
  /** "03:12". */
  readonly at: string;
  /** "42 s". */
  readonly took: string;
  readonly reason: string;
  readonly by: string;
  readonly link: string;
}

/** Markdown for the channel in which the incident is worked on. */
export function summaryOf(summary: RollbackSummary): string {
  const { label, from, to, number, at, took, reason, by, link } = summary;
  const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return (
    `Rolled back **${label}** from #${from} to the content of #${to} (now #${number}) at ${at} UTC, took ${took}. ` +
    `Reason: ${sentence} By ${by}. <${link}>`
  );
}
