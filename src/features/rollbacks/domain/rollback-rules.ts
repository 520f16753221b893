import type { Deployment } from "../../deployments/domain";
import {
  canLeaveAirflow3,
  databaseMigration,
  isAirflow3To2,
  isUnknownRelease,
  meetsRollbackFloor,
  type DatabaseMigration,
} from "../../runtimes/domain";
import { heldBecause, howToLift } from "../../holds/domain";
import {
  hasSameContent,
  imageReference,
  isExpired,
  runningImage,
  versionLabel,
  type DeployRevision,
} from "../../deploys/domain";
import { DEPLOYMENT_RULES, FLOOR, INSTALLATION_RULES, SUPPORTED_MECHANISMS } from "./deployment-rules";
import { issue, type RollbackIssue, type RollbackIssueCode } from "./rollback-issues";
import { inseparable, neverRanTogether } from "./rollback-parts";
import type { RollbackAssessment, RollbackQuestion, RollbackSettings } from "./rollback-question";

const LEFT_BEHIND = { ALL: "everything", IMAGE: "the images", DAGS: "the DAGs" };
/** About the image of the target, which a rollback of DAGs leaves as it runs. */
const OF_IMAGE: ReadonlySet<RollbackIssueCode> = new Set([
  "RESTRICTED_RUNTIME",
  "DEPRECATED_RUNTIME",
  "UNKNOWN_RELEASE",
  "NO_IMAGE",
  "MUTABLE_IMAGE_TAG",
  "IMAGE_UNVERIFIED",
]);

type Rule = (question: RollbackQuestion) => RollbackIssue | false;

/**
 * Why no rollback at all is allowed: the installation's reasons first, then the Deployment's. Source, unless a rule says
 * otherwise: the platform's public page on deploy rollbacks.
 */
const GATES: readonly Rule[] = [
  ...INSTALLATION_RULES,
  ({ deployment }) =>
    !deployment.rollbackEnabled &&
    issue(
      "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
      `Rollbacks are switched off for ${deployment.label}.`,
      "Call updateDeploymentRollback with enabled: true.",
    ),
  ({ mayPush, deployment }) =>
    !mayPush &&
    issue(
      "PERMISSION_DENIED",
      `You lack the permission deployment.images.push on ${deployment.label}.`,
      "Ask for the role DEPLOYMENT_EDITOR.",
    ),
  ...DEPLOYMENT_RULES,
];

/** Why a target is not allowed. Source as above. */
const TARGET_RULES: readonly Rule[] = [
  ({ target }) =>
    !SUPPORTED_MECHANISMS.has(target.dagDeploymentType) &&
    issue(
      "TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
      `Revision ${target.number} got its DAGs by ${target.dagDeploymentType}, which cannot be restored.`,
    ),
  ({ target }) =>
    !meetsRollbackFloor(target) &&
    issue(
      "TARGET_RUNTIME_TOO_OLD",
      `Revision ${target.number} is on ${versionLabel(target)}; rollbacks go back to ${FLOOR}.`,
    ),
  leavesAirflow3,
  inseparable,
  ({ target }) =>
    target.status !== "DEPLOYED" &&
    issue(
      "TARGET_NOT_DEPLOYED",
      `Revision ${target.number} is ${target.status}; only one that was rolled out can be restored.`,
      "Choose a DEPLOYED revision.",
    ),
  runsAlready,
  ({ target, hold }) =>
    hold !== null &&
    issue(
      "TARGET_QUARANTINED",
      `Revision ${target.number} holds what must not be deployed: ${heldBecause(hold)}.`,
      `Choose another revision, or ${howToLift(hold)}.`,
    ),
  ({ target, bundle, settings }) =>
    settings.dagTarballVersionValidation &&
    (bundle === "MISSING" || bundle === "CORRUPT") &&
    issue(
      "DAG_BUNDLE_MISSING",
      `DAG bundle ${target.dagTarballVersion ?? ""} of revision ${target.number} is ${bundle === "MISSING" ? "no longer stored" : "stored, but damaged"}.`,
      "Upload the same files again, to this or any other Deployment.",
    ),
  ({ target, image }) =>
    image?.kind === "MISSING" &&
    issue(
      "IMAGE_MISSING",
      `The registry no longer holds the image of revision ${target.number} (${imageReference(target) ?? ""}), or it is not yours to use.`,
      "Push the same image again.",
    ),
  ({ target, now, settings }) =>
    !target.pinned &&
    isExpired(target.createdAt, now, settings) &&
    issue(
      "TARGET_EXPIRED",
      `Revision ${target.number} is from ${target.createdAt}; rollbacks reach ${settings.retentionDays} days back.`,
      "Deploy its image again.",
    ),
];

/** Going from Airflow 3 to 2 is off by default, and impossible from some versions. */
function leavesAirflow3({ deployment, target, catalogue, settings }: RollbackQuestion): RollbackIssue | false {
  if (!isAirflow3To2(deployment, target, catalogue)) return false;
  if (!canLeaveAirflow3(deployment.runtimeVersion)) {
    return issue(
      "TARGET_RUNTIME_TOO_OLD",
      `${versionLabel(deployment)} cannot go back to Airflow 2 (revision ${target.number}).`,
    );
  }
  return (
    !settings.allowAirflow3To2 &&
    issue(
      "TARGET_RUNTIME_TOO_OLD",
      `Revision ${target.number} is on Airflow 2, and ${deployment.label} runs Airflow 3.`,
      "Set deployments.deployRollback.allowAirflow3To2 to true to allow it.",
    )
  );
}

/**
 * The content that runs is no target, unless the newest deploy failed or is under way: a rollback to it then stops that
 * deploy, or puts back what it has changed. The content that is being rolled out is no target either, so that a double
 * click makes one rollback.
 */
function runsAlready({ target, current, head, deployment }: RollbackQuestion): RollbackIssue | false {
  if (head !== null && head.status === "INITIALIZED" && hasSameContent(head, target)) {
    return issue(
      "TARGET_IS_CURRENT",
      `Revision ${head.number} is rolling out exactly this content.`,
      "Follow that revision.",
    );
  }
  return (
    current !== null &&
    hasSameContent(current, target) &&
    !hasLostDags(current, deployment) &&
    head?.status !== "FAILED" &&
    head?.status !== "INITIALIZED" &&
    issue(
      "TARGET_IS_CURRENT",
      `The Deployment runs this content already (revision ${current.number}).`,
      "Choose another revision.",
    )
  );
}

/** A change of the mechanism has removed its DAGs, so what it deployed no longer runs as a whole. */
const hasLostDags = (current: DeployRevision, deployment: Deployment): boolean =>
  current.dagTarballVersion !== deployment.dagTarballVersion;

/** Warnings; none of them blocks. The one about the database comes first, because the caller has to acknowledge it. */
const WARNINGS: readonly Rule[] = [
  ({ target, catalogue }) => {
    const release = catalogue.find(target.runtimeVersion);
    return (
      release !== null &&
      release.restricted &&
      issue(
        "RESTRICTED_RUNTIME",
        `Runtime ${release.version} is restricted${release.restrictedReason === null ? "" : `: ${release.restrictedReason}`}.`,
        "Upgrade to a release that is not restricted as soon as things run again.",
      )
    );
  },
  ({ target, catalogue }) => {
    const release = catalogue.find(target.runtimeVersion);
    return (
      release?.channel === "deprecated" &&
      issue("DEPRECATED_RUNTIME", `Runtime ${release.version} is no longer maintained.`, "Plan an upgrade.")
    );
  },
  ({ target, catalogue }) =>
    isUnknownRelease(target, catalogue) &&
    issue(
      "UNKNOWN_RELEASE",
      `${versionLabel(target)} is not in the catalogue, so what it does to the database is a guess.`,
    ),
  neverRanTogether,
  ({ target, current, previousDeployedNumber, parts = "ALL" }) =>
    current !== null &&
    previousDeployedNumber !== null &&
    previousDeployedNumber > target.number &&
    issue(
      "SKIPS_DEPLOYS",
      `Leaves behind ${LEFT_BEHIND[parts]} deployed between revision ${target.number} and revision ${current.number} as well.`,
    ),
  (question) => leavesImage(question),
  ({ target }) =>
    target.imageRepository !== null &&
    target.imageDigest === null &&
    issue(
      "MUTABLE_IMAGE_TAG",
      `The digest of ${target.imageTag ?? "the image"} is not known: if the tag was moved since, another image comes back.`,
      "Give imageDigest when deploying, and never move a tag.",
    ),
  ({ target, image }) =>
    target.imageRepository !== null &&
    (image === null || image.kind === "UNVERIFIED") &&
    issue(
      "IMAGE_UNVERIFIED",
      `Nobody has checked that the registry still holds ${imageReference(target) ?? ""}${image === null ? "" : `: ${image.reason}`}.`,
    ),
];

/** Warns if the target has no image and what runs has one, as after a rollback to an upload of DAGs before the first image. */
function leavesImage({ target, current, settings }: RollbackQuestion): RollbackIssue | false {
  if (target.imageRepository !== null || current === null || current.imageRepository === null) return false;
  const image = runningImage(target, settings.defaultRepositories);
  return issue(
    "NO_IMAGE",
    image === null
      ? `Revision ${target.number} has no image, and no version that one could be derived from.`
      : `Revision ${target.number} has no image of its own: the plain one of ${versionLabel(target)} (${image}) runs then, without what yours adds.`,
    "Choose a revision with an image if the DAGs need more than the plain one.",
  );
}

function databaseWarning(
  database: DatabaseMigration,
  { target, current, deployment }: RollbackQuestion,
): RollbackIssue[] {
  if (database.direction !== "DOWNGRADE") return [];
  return [
    issue(
      "DATABASE_DOWNGRADE",
      `Going from ${versionLabel(current ?? deployment)} to ${versionLabel(target)} downgrades the metadata database: what newer features stored is erased for good, and running tasks fail.`,
      "Back the database up, and pass acknowledgeDataLoss: true if that is acceptable.",
    ),
  ];
}

/** Assesses a rollback: its blockers and warnings. The plan, the field and the mutation all use this. */
export function assessRollback(question: RollbackQuestion): RollbackAssessment {
  const { deployment, current, target, catalogue } = question;
  const database = databaseMigration(current ?? deployment, target, catalogue);
  const warnings = found(WARNINGS, question).filter(({ code }) => question.parts !== "DAGS" || !OF_IMAGE.has(code));
  return {
    blockers: [...found(GATES, question), ...found(TARGET_RULES, question)],
    warnings: [...databaseWarning(database, question), ...warnings],
    database,
  };
}

const found = (rules: readonly Rule[], question: RollbackQuestion): RollbackIssue[] =>
  rules.map((rule) => rule(question)).filter((one) => one !== false);

const SUITABILITY: readonly Rule[] = TARGET_RULES.filter((rule) => rule !== runsAlready);

/**
 * What is wrong with the target itself, whether rollbacks are allowed or not, and whether or not it is just being rolled
 * out: a second request without a target then meets the same one, and is told so.
 */
export const unsuitability = (question: RollbackQuestion): RollbackIssue[] => found(SUITABILITY, question);

/** The reasons to refuse the request: all blockers, and data loss that was not acknowledged. */
export function refusals(
  { blockers, warnings, database }: RollbackAssessment,
  { acknowledgeDataLoss, settings }: { readonly acknowledgeDataLoss: boolean; readonly settings: RollbackSettings },
): RollbackIssue[] {
  const unacknowledged = database.losesData && settings.requireDataLossAcknowledgement && !acknowledgeDataLoss;
  return [...blockers, ...(unacknowledged ? warnings.filter(({ code }) => code === "DATABASE_DOWNGRADE") : [])];
}
