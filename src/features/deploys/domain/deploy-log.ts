import type { Instant } from "../../../kernel/instant";
import type { Deployment } from "../../deployments/domain";
import type { Actor } from "../../../kernel/permissions";
import { DEPLOY_ROLLBACK, type NewLogLine } from "../../logs/domain";
import { imageReference, versionLabel, type DeployRevision } from "./deploy-revision";
import { hasSource, sourceLabel, sourceOf } from "./deploy-source";

/** What happens to a revision, one line each. */
export type DeployEvent =
  | {
      readonly event: "deploy_recorded";
      readonly waitsUntil?: Instant | undefined;
      /** True where the catalogue lacks the version. */
      readonly isUnknownRelease?: boolean | undefined;
    }
  | {
      readonly event: "rollback_accepted";
      readonly from: DeployRevision | null;
      readonly target: DeployRevision;
      readonly warnings: readonly string[];
      /** Which part of the target is restored, if not all of it. */
      readonly part?: "IMAGE" | "DAGS" | undefined;
    }
  | { readonly event: "dags_added"; readonly version: string }
  | { readonly event: "rollout_started" }
  | { readonly event: "rollout_attempt_failed"; readonly failure: number; readonly reason: string }
  | { readonly event: "rollout_waits"; readonly reason: string }
  | { readonly event: "deployed" }
  | { readonly event: "failed"; readonly reason: string }
  | { readonly event: "superseded"; readonly by: number }
  | { readonly event: "push_refused"; readonly reason: string }
  | { readonly event: "cancelled"; readonly by: Doer; readonly reason: string }
  | { readonly event: "pinned" | "unpinned"; readonly by: Doer };

/** Who acts on a revision that somebody else may have deployed. */
type Doer = Pick<Actor, "id" | "type" | "label">;

type Located = Pick<Deployment, "id" | "workspaceId" | "releaseName">;

/** The event as a log line; `fields` tell the same in a form to search by. */
export function deployLogLine(
  deployment: Located,
  revision: DeployRevision,
  what: DeployEvent,
  at: Instant,
): NewLogLine {
  return {
    deploymentId: deployment.id,
    workspaceId: deployment.workspaceId,
    releaseName: deployment.releaseName,
    component: DEPLOY_ROLLBACK,
    message: messageOf(revision, what),
    fields: {
      event: what.event,
      revisionId: revision.id,
      revisionNumber: revision.number,
      isRollback: revision.trigger === "ROLLBACK",
      type: revision.type,
      trigger: revision.trigger,
      actorId: revision.actorId,
      actorType: revision.actorType,
      actorLabel: revision.actorLabel,
      image: imageReference(revision),
      runtimeVersion: revision.runtimeVersion,
      airflowVersion: revision.airflowVersion,
      dagTarballVersion: revision.dagTarballVersion,
      ...(hasSource(revision) && sourceOf(revision)),
      ...detailsOf(what),
    },
    createdAt: at,
  };
}

/**
 * Reports a push that is no line of the history either: nobody who may deploy pushed it, or it is no image. The registry
 * accepted it, so this line is the only notice.
 */
export const ignoredPushLogLine = (
  { id, workspaceId, releaseName }: Located,
  {
    image,
    reason,
    isImage,
  }: {
    readonly image: string;
    readonly reason: string;
    /** False for what is not meant to be deployed, such as the signature of an image. */
    readonly isImage: boolean;
  },
  at: Instant,
): NewLogLine => ({
  deploymentId: id,
  workspaceId,
  releaseName,
  component: DEPLOY_ROLLBACK,
  message: `The push of ${image} is not deployed: ${reason}`,
  fields: { event: isImage ? "push_ignored" : "push_of_no_image", image, reason },
  createdAt: at,
});

function messageOf(revision: DeployRevision, what: DeployEvent): string {
  const name = `Revision ${revision.number}`;
  switch (what.event) {
    case "deploy_recorded":
      return `${name}: ${revision.actorLabel} deploys ${deployed(revision, what)}${from(revision)}${why(revision)}${waits(what.waitsUntil)}`;
    case "rollback_accepted": {
      const isOfDags = revision.type === "DAG_ONLY" || what.part === "DAGS";
      const part = isOfDags ? " DAGs" : what.part === "IMAGE" ? " the image" : "";
      const label = (one: DeployRevision): string =>
        `revision ${one.number} (${isOfDags ? bundleLabel(one) : versionLabel(one)})`;
      const left = what.from === null ? "nothing" : label(what.from);
      return `${name}: ${revision.actorLabel} rolls back${part} from ${left} to ${label(what.target)}${why(revision)}`;
    }
    case "dags_added":
      return `${name}: ${revision.actorLabel} adds DAGs (bundle ${what.version})${from(revision)}`;
    case "rollout_started":
      return `${name} is being rolled out`;
    case "rollout_attempt_failed":
      return `${name}: attempt ${what.failure} failed: ${what.reason}`;
    case "rollout_waits":
      return `${name} waits for an outage to end: ${what.reason}`;
    case "deployed":
      return `${name} is deployed`;
    case "failed":
      return `${name} failed: ${what.reason}`;
    case "superseded":
      return `${name} is superseded by revision ${what.by}`;
    case "push_refused":
      return `${name}: the push of ${imageReference(revision) ?? "an image"} by ${revision.actorLabel} is not deployed: ${what.reason}`;
    case "cancelled":
      return `${name} is cancelled by ${what.by.label}: ${what.reason}`;
    case "pinned":
      return `${name} is pinned by ${what.by.label}`;
    case "unpinned":
      return `${name} is no longer pinned, by ${what.by.label}`;
  }
}

/** What a deploy of this type puts in place. Not the revision's content, which is always complete. */
function deployed(
  revision: DeployRevision,
  { isUnknownRelease = false }: Extract<DeployEvent, { event: "deploy_recorded" }>,
): string {
  const { type, dagDeploymentType, dagTarballVersion } = revision;
  const image = type === "DAG_ONLY" ? null : imageReference(revision);
  const hasBundle = type !== "IMAGE_ONLY" && dagDeploymentType === "dag_deploy" && dagTarballVersion !== null;
  const dags = hasBundle ? `DAGs (${bundleLabel(revision)})` : "DAGs";
  if (image === null) return type === "IMAGE_ONLY" ? "an image" : dags;
  const version = `${versionLabel(revision)}${isUnknownRelease ? ", which is not in the catalogue" : ""}`;
  return `${image} (${version})${hasBundle ? ` and ${dags}` : ""}`;
}

const bundleLabel = ({ dagTarballVersion }: DeployRevision): string =>
  dagTarballVersion === null ? "no bundle" : `bundle ${dagTarballVersion}`;

/** `waits for DAGs until 10:15:30Z` */
export const waitingForDags = (until: Instant): string =>
  `waits for DAGs until ${until.slice("YYYY-MM-DDT".length, "YYYY-MM-DDTHH:MM:SS".length)}Z`;

const waits = (until: Instant | undefined): string => (until === undefined ? "" : `; ${waitingForDags(until)}`);

/** ` from commit 0a1b2c3 on main` */
const from = (revision: DeployRevision): string => {
  const label = sourceLabel(revision);
  return label === null ? "" : ` from ${label}`;
};

const why = ({ description }: DeployRevision): string => (description === null ? "" : `: ${description}`);

/** Replaces the name of who deployed the revision. */
const doneBy = ({ id, type, label }: Doer) => ({ actorId: id, actorType: type, actorLabel: label });

function detailsOf(what: DeployEvent): Readonly<Record<string, unknown>> {
  switch (what.event) {
    case "rollback_accepted":
      return {
        fromRevisionId: what.from?.id ?? null,
        fromRevisionNumber: what.from?.number ?? null,
        fromRuntimeVersion: what.from?.runtimeVersion ?? null,
        fromAirflowVersion: what.from?.airflowVersion ?? null,
        toRevisionId: what.target.id,
        toRevisionNumber: what.target.number,
        toRuntimeVersion: what.target.runtimeVersion,
        toAirflowVersion: what.target.airflowVersion,
        warnings: what.warnings,
        ...(what.part !== undefined && { part: what.part }),
      };
    case "rollout_attempt_failed":
    case "rollout_waits":
    case "failed":
    case "push_refused":
      return { reason: what.reason };
    case "deploy_recorded":
      return {
        ...(what.waitsUntil !== undefined && { waitsUntil: what.waitsUntil }),
        ...(what.isUnknownRelease === true && { warnings: ["UNKNOWN_RELEASE"] }),
      };
    case "superseded":
      return { supersededBy: what.by };
    case "cancelled":
      return { ...doneBy(what.by), reason: what.reason };
    case "pinned":
    case "unpinned":
      return doneBy(what.by);
    case "dags_added":
    case "rollout_started":
    case "deployed":
      return {};
  }
}
