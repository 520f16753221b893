import { InvalidInput } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { cleanText, readText } from "../../../kernel/text";
import type { Deployment } from "../../deployments/domain";
import {
  contentOf,
  hasSameImage,
  type DeployContent,
  type DeployRevision,
  type DeployTrigger,
  type DeployType,
} from "./deploy-revision";
import { NO_SOURCE, sourceOf, type DeploySource } from "./deploy-source";

const MAX_DESCRIPTION = 500;
/** Of a `statusReason`, in characters. */
export const MAX_REASON = 500;

/** Returns the text of one or several lines; null if it is empty. @throws InvalidInput */
export const checkDescription = (text: string | null | undefined, argument = "description"): string | null =>
  readText(argument, text ?? "", MAX_DESCRIPTION);

/**
 * Like `checkDescription`, but cuts what is too long and leaves out what that refuses: nobody can be asked to correct the
 * label of an image, or a commit message that a CI sends along with its DAGs.
 */
export const shortenDescription = (text: string | undefined): string | null => cleanText(text ?? "", MAX_DESCRIPTION);

/** The same where one has to be given, as for a rollback. */
export function requireDescription(text: string, argument = "description"): string {
  const description = checkDescription(text, argument);
  if (description === null) throw new InvalidInput(argument, "has to say why, in 1 to 500 characters");
  return description;
}

interface Recording {
  readonly id: string;
  readonly onto: Deployment;
  readonly by: Actor;
  readonly at: Instant;
  readonly description: string | null;
  readonly source?: DeploySource | undefined;
}

/** The next line of the history for a deploy. */
export function recordDeploy(content: DeployContent, trigger: DeployTrigger, recording: Recording): DeployRevision {
  const type = content.dagDeploymentType === "image" ? "IMAGE_AND_DAG" : "IMAGE_ONLY";
  return {
    ...nextLine(recording),
    ...contentOf(content),
    ...(recording.source ?? NO_SOURCE),
    type,
    trigger,
    rollbackFromId: null,
    rolledBackId: null,
    originId: recording.id,
  };
}

/** The next line of the history for a deploy that was refused without anybody there to be told. It never runs. */
export function recordRefusal(
  content: DeployContent,
  trigger: DeployTrigger,
  { reason, ...recording }: Recording & { readonly reason: string },
): DeployRevision {
  return {
    ...recordDeploy(content, trigger, recording),
    status: "FAILED",
    statusReason: reason.slice(0, MAX_REASON),
    finishedAt: recording.at,
  };
}

/** The next line of the history for a rollback: the target's content under a new number. */
export function restore(target: DeployRevision, current: DeployRevision | null, recording: Recording): DeployRevision {
  return {
    ...nextLine(recording),
    ...contentOf(target),
    ...sourceOf(target),
    type: changedBy(target, current),
    trigger: "ROLLBACK",
    rollbackFromId: target.id,
    rolledBackId: current?.id ?? null,
    originId: target.originId,
  };
}

function nextLine({ id, onto, by, at, description }: Recording) {
  return {
    id,
    deploymentId: onto.id,
    number: onto.lastRevisionNumber + 1,
    status: "INITIALIZED",
    statusReason: null,
    description,
    actorId: by.id,
    actorType: by.type,
    actorLabel: by.label,
    rolloutFailures: 0,
    outageSince: null,
    pinned: false,
    createdAt: at,
    updatedAt: at,
    finishedAt: null,
  } as const;
}

/** What a rollback changes: a DAG bundle alone needs no new image. */
function changedBy(target: DeployRevision, current: DeployRevision | null): DeployType {
  if (target.dagDeploymentType === "image" || current === null) return "IMAGE_AND_DAG";
  if (current.dagDeploymentType !== target.dagDeploymentType) return "IMAGE_AND_DAG";
  const sameImage = hasSameImage(current, target);
  const sameDags = current.dagTarballVersion === target.dagTarballVersion;
  if (sameDags === sameImage) return "IMAGE_AND_DAG";
  return sameImage ? "DAG_ONLY" : "IMAGE_ONLY";
}
