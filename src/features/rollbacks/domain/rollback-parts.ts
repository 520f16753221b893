import { contentOf, hasSameContent, isSameByName, type DeployRevision } from "../../deploys/domain";
import { issue, type RollbackIssue } from "./rollback-issues";
import type { RollbackParts, RollbackQuestion } from "./rollback-question";

type State = Pick<RollbackQuestion, "deployment" | "current" | "head">;

/** Whether image and DAGs are apart on both sides: otherwise neither can be restored without the other. */
const isSeparable = (target: DeployRevision, { deployment, current }: Omit<State, "head">): boolean =>
  [deployment, current, target].every((one) => one?.dagDeploymentType === "dag_deploy");

/**
 * The target with the content that a rollback of these parts puts in place: for IMAGE the target's image with the DAGs
 * that run, for DAGS the target's DAGs with the image that runs. The target itself for ALL, and where image and DAGs
 * cannot be told apart, which `inseparable` refuses.
 * @param id the origin of a content that is new
 */
export function composeTarget<R extends DeployRevision>(target: R, state: State, parts: RollbackParts, id: string): R {
  const { deployment, current, head } = state;
  if (parts === "ALL" || current === null || !isSeparable(target, state)) return target;
  const image = parts === "IMAGE" ? target : current;
  const { dagTarballVersion } = parts === "DAGS" ? target : deployment;
  const content = { ...contentOf(image), dagTarballVersion };
  // A tag may have been moved, so by name only revisions that have the image from the same place are the same.
  const rollbacks = [current, head].filter((one) => one?.rollbackFromId === target.id);
  const same = [image, ...rollbacks].find((one) => one != null && isSameByName(one, content));
  return { ...target, ...content, originId: same?.originId ?? id };
}

/** Whether the composed content is neither the target's nor what runs. */
export const isComposite = (composed: DeployRevision, target: DeployRevision, { current }: State): boolean =>
  !hasSameContent(composed, target) && (current === null || !hasSameContent(composed, current));

export function inseparable({ target, parts = "ALL", ...state }: RollbackQuestion): RollbackIssue | false {
  if (parts === "ALL" || isSeparable(target, state)) return false;
  const part = parts === "IMAGE" ? "image" : "DAGs";
  const { deployment, current } = state;
  const reason =
    current === null
      ? "nothing runs that the rest could stay of"
      : deployment.dagDeploymentType !== "dag_deploy"
        ? `${deployment.label} gets its DAGs by ${deployment.dagDeploymentType}`
        : `revision ${(target.dagDeploymentType === "dag_deploy" ? current : target).number} has its DAGs in the image`;
  return issue(
    "PARTS_INSEPARABLE",
    `The ${part} of revision ${target.number} cannot be restored alone: ${reason}.`,
    "Roll back with parts: ALL.",
  );
}

export const neverRanTogether = ({ target, parts, ranTogether }: RollbackQuestion): RollbackIssue | false =>
  ranTogether === false &&
  issue(
    "NEVER_RAN_TOGETHER",
    parts === "IMAGE"
      ? `The image of revision ${target.number} has never run with the DAGs that run now.`
      : `The DAGs of revision ${target.number} have never run with the image that runs now.`,
    "Check that they belong together, or roll back with parts: ALL.",
  );
