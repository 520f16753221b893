import { versionLabel } from "../../deploys/domain";
import { meetsRollbackFloor, ROLLBACK_FLOOR_AIRFLOW, ROLLBACK_FLOOR_RUNTIME } from "../../runtimes/domain";
import { issue, type RollbackIssue } from "./rollback-issues";
import type { RollbackQuestion } from "./rollback-question";

type SettingsRule = (question: Pick<RollbackQuestion, "settings">) => RollbackIssue | false;
type DeploymentRule = (question: Pick<RollbackQuestion, "settings" | "deployment">) => RollbackIssue | false;

export const SUPPORTED_MECHANISMS: ReadonlySet<string> = new Set(["image", "dag_deploy"]);
const MECHANISM_REMEDY = "Switch the Deployment to image deploys or DAG-only deploys.";
export const FLOOR = `Runtime ${ROLLBACK_FLOOR_RUNTIME} (Airflow ${ROLLBACK_FLOOR_AIRFLOW})`;

/** Why the installation allows no rollback at all. */
export const INSTALLATION_RULES: readonly SettingsRule[] = [
  ({ settings }) =>
    !settings.rollbackEnabled &&
    issue(
      "ROLLBACK_DISABLED_FOR_INSTALLATION",
      "Rollbacks are switched off for this installation.",
      "Set global.deployRollbackEnabled to true in values.yaml.",
    ),
  ({ settings }) =>
    !settings.dagOnlyDeployment &&
    issue(
      "DAG_ONLY_DEPLOYMENT_DISABLED",
      "DAG-only deploys are switched off for this installation, and rollbacks need them, for image Deployments too.",
      "Set global.dagOnlyDeployment.enabled to true in values.yaml.",
    ),
  ({ settings }) =>
    !settings.updateDeploymentImageEndpoint &&
    issue(
      "UPDATE_IMAGE_ENDPOINT_DISABLED",
      "updateDeploymentImage is switched off for this installation, and rollbacks need it.",
      "Set astronomer.houston.config.deployments.enableUpdateDeploymentImageEndpoint to true in values.yaml.",
    ),
];

/** Why a Deployment allows no rollback to anything, its own switch aside. */
export const DEPLOYMENT_RULES: readonly DeploymentRule[] = [
  ({ deployment }) =>
    !SUPPORTED_MECHANISMS.has(deployment.dagDeploymentType) &&
    issue(
      "DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
      `${deployment.label} gets its DAGs by ${deployment.dagDeploymentType}, which cannot be rolled back.`,
      MECHANISM_REMEDY,
    ),
  ({ deployment }) =>
    !meetsRollbackFloor(deployment) &&
    issue(
      "RUNTIME_TOO_OLD",
      `${deployment.label} runs ${versionLabel(deployment)}; rollbacks start at ${FLOOR}.`,
      "Upgrade first.",
    ),
];

/** Reasons against any rollback of a Deployment, apart from its own switch, the caller's permission and the target. */
export const switchBlockers = (question: Pick<RollbackQuestion, "settings" | "deployment">): RollbackIssue[] =>
  [...INSTALLATION_RULES, ...DEPLOYMENT_RULES].map((rule) => rule(question)).filter((one) => one !== false);
