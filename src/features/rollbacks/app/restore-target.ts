import type { Deployment } from "../../deployments";
import {
  appendRevision,
  auditedRevision,
  checksumsIn,
  hasSameContent,
  heldContentOf,
  loadHeadCurrentAndTarget,
  restore,
  type DeployRevision,
  type DeployStores,
  type FindChecksum,
  type HeadCurrentAndTarget,
  type RevisionView,
} from "../../deploys";
import { contentToHold, putOnHold, type HeldContent, type Hold, type HoldSettings } from "../../holds";
import type { AuditAction } from "../../../kernel/audit-entry";
import { InvalidInput, NotFound } from "../../../kernel/errors";
import { newId } from "../../../kernel/ids";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { composeTarget, isComposite } from "../domain/rollback-parts";
import type { RollbackParts } from "../domain/rollback-question";
import { RollbackRefused } from "../domain/rollback-refused";
import type { AssessRollback } from "./assess-rollback";
import { holdOnTarget } from "./hold-on-target";
import type { TargetState } from "./inspect-target";

export interface RollbackState extends Pick<HeadCurrentAndTarget, "head" | "current"> {
  readonly target: DeployRevision;
  readonly previousDeployedNumber: number | null;
  readonly holds: readonly Hold[];
}

/** What a rollback has to know of a locked Deployment. @throws NotFound if the target is not one of its revisions */
export async function loadRollbackState(
  stores: DeployStores,
  deployment: Deployment,
  targetId: string,
): Promise<RollbackState> {
  const { currentRevisionId } = deployment;
  const [{ head, current, target }, previousDeployedNumber, holds] = await Promise.all([
    loadHeadCurrentAndTarget(stores, deployment, targetId),
    currentRevisionId === null ? null : stores.revisions.deployedBefore(deployment.id, currentRevisionId),
    stores.holds.ofDeployment(deployment.id),
  ]);
  if (target === null) throw new NotFound("Deploy revision");
  return { head, current, target, previousDeployedNumber, holds };
}

export interface RestoreOrder {
  readonly deployment: Deployment;
  readonly actor: Actor;
  readonly state: RollbackState;
  readonly inspected: TargetState;
  /** What of the target is restored: ALL unless it is given. */
  readonly parts?: RollbackParts | undefined;
  readonly description: string;
  readonly acknowledgeDataLoss: boolean;
  /** Whether what is rolled back is put on hold as well. */
  readonly quarantine: boolean;
  readonly action: AuditAction;
  readonly at: Instant;
}

/** Puts a target's content back in place, in a transaction that holds the Deployment's lock. */
export class RestoreTarget {
  constructor(
    private readonly deps: {
      readonly assess: AssessRollback;
      readonly holdSettings: Pick<HoldSettings, "maxHolds">;
    },
  ) {}

  /**
   * Returns the new revision, INITIALIZED.
   * @throws RollbackRefused with every reason at once
   * @throws InvalidInput if there is nothing to put on hold
   * @throws LimitReached if there are too many holds already
   */
  async execute(stores: DeployStores, order: RestoreOrder): Promise<RevisionView> {
    const { deployment, actor, at, description, parts = "ALL" } = order;
    const { head, current, previousDeployedNumber, holds } = order.state;
    const id = newId();
    const target = composeTarget(order.state.target, { deployment, current, head }, parts, id);
    const state = { ...order.state, target };
    const ranTogether = isComposite(target, order.state.target, { deployment, current, head })
      ? await stores.revisions.haveRunTogether(deployment.id, target)
      : undefined;
    const findChecksum = checksumsIn(stores);
    const history = { deployment, current, head, previousDeployedNumber };
    const hold = await holdOnTarget(holds, history, target, findChecksum);
    const assessment = this.deps.assess.assess(actor, history, target, {
      ...order.inspected,
      hold,
      parts,
      ranTogether,
    });
    const [first, ...others] = this.deps.assess.refusals(assessment, order);
    if (first !== undefined) throw new RollbackRefused([first, ...others]);

    const rolledBack = order.quarantine ? rolledBackBy(state) : null;
    const toHold = rolledBack && (await contentBesides(target, rolledBack, findChecksum));
    const revision = restore(target, current, { id, onto: deployment, by: actor, at, description });
    const warnings = assessment.warnings.map(({ code }) => code);
    await Promise.all([
      appendRevision(stores, {
        deployment,
        head,
        revision,
        event: {
          event: "rollback_accepted",
          from: current,
          target,
          warnings,
          part: parts === "ALL" ? undefined : parts,
        },
      }),
      stores.audit.add({
        actor,
        action: order.action,
        object: auditedRevision(revision, deployment),
        details: { to: target.number, ...(parts !== "ALL" && { parts }), description },
      }),
    ]);
    if (rolledBack !== null && toHold !== null) {
      await putOnHold(
        stores,
        {
          deployment,
          holds,
          content: toHold,
          revision: rolledBack,
          rollbackId: revision.id,
          reason: description,
          by: actor,
          at,
        },
        this.deps.holdSettings,
      );
    }
    return { ...revision, isCurrent: false };
  }
}

/** Returns the revision that is rolled back: what runs, or the newest deploy if the target is what runs. */
function rolledBackBy({ head, current, target }: RollbackState): DeployRevision | null {
  return current !== null && hasSameContent(current, target) ? head : current;
}

/** Returns the part of a revision's content that the target lacks. @throws InvalidInput if there is none */
async function contentBesides(
  target: DeployRevision,
  rolledBack: DeployRevision,
  findChecksum: FindChecksum,
): Promise<HeldContent> {
  const content = contentToHold(
    await heldContentOf(rolledBack, findChecksum),
    await heldContentOf(target, findChecksum),
  );
  if (content !== null) return content;
  throw new InvalidInput(
    "quarantine",
    `revision ${rolledBack.number} has the image and the DAGs of revision ${target.number}, so there is nothing to quarantine: roll back without it`,
  );
}
