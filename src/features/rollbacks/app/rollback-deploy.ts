import { createHash } from "node:crypto";
import { authorize, lockDeployment, type Deployment } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import { isId, isSameId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, DomainError, InvalidInput, NotFound } from "../../../kernel/errors";
import { DAY_MS, plusMs } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { refuseHidden } from "../../../kernel/text";
import {
  PUSH_IMAGE,
  requireDescription,
  type DeployRevision,
  type DeployStores,
  type RevisionReadModel,
  type RevisionView,
} from "../../deploys";
import type { RollbackParts } from "../domain/rollback-question";
import { RollbackRefused } from "../domain/rollback-refused";
import { counted } from "./counted";
import type { ChooseTarget, TargetName } from "./choose-target";
import type { InspectTarget, TargetState } from "./inspect-target";
import type { RollbackMetrics } from "./ports";
import { loadRollbackState, type RestoreTarget } from "./restore-target";

export interface RollbackCommand extends TargetName {
  readonly actor: Actor;
  readonly deploymentId: string;
  readonly description: string;
  readonly acknowledgeDataLoss: boolean;
  readonly expectedCurrentRevisionId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Whether what is rolled back is put on hold as well. */
  readonly quarantine: boolean;
  /** ALL unless it is given. */
  readonly parts?: RollbackParts | undefined;
}

interface Choice {
  /** Null if there is no such revision. */
  readonly targetId: string | null;
  /** The revision that ran when the target was chosen; undefined if the caller has named the target. */
  readonly currentId: string | undefined;
  readonly inspected: TargetState;
}

const KEY_LIVES_MS = DAY_MS;
const MAX_KEY = 200;

/** The idempotency key was used before, with other input. */
class IdempotencyKeyReused extends DomainError {
  readonly code = "IDEMPOTENCY_KEY_REUSED";

  constructor() {
    super("This idempotency key was used with other input within the last 24 hours");
  }
}

/** Rolls a Deployment back: a new deploy of an earlier revision's content, on top of the history. */
export class RollbackDeploy {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly readModel: Pick<RevisionReadModel, "historyStates">;
      readonly chooseTarget: ChooseTarget;
      readonly inspect: InspectTarget;
      readonly restore: RestoreTarget;
      readonly clock: Clock;
      readonly metrics: RollbackMetrics;
    },
  ) {}

  /**
   * Returns the new revision, INITIALIZED, or on a repeated idempotency key the one it made before.
   * @throws RollbackRefused with every reason at once
   * @throws Conflict if another revision is current than the one expected
   * @throws Unauthenticated if the caller's credentials have ended meanwhile
   * @throws IdempotencyKeyReused, InvalidInput, NotFound, Forbidden, LimitReached
   */
  execute(command: RollbackCommand): Promise<RevisionView> {
    return counted(this.deps.metrics, () => this.rollBack(command));
  }

  private async rollBack(command: RollbackCommand): Promise<RevisionView> {
    const { deploymentId, idempotencyKey } = command;
    if (!isId(deploymentId)) throw new NotFound("Deployment");
    const description = requireDescription(command.description);
    checkKey(idempotencyKey);
    const { restore, clock } = this.deps;
    const choice = await this.choose(command);

    return this.deps.unitOfWork.run(async (stores) => {
      const { deployment, actor } = await lockDeployment(stores, command.actor, { id: deploymentId }, PUSH_IMAGE);
      const earlier = await this.earlierAnswer(stores, deployment, command);
      if (earlier !== null) return earlier;
      if (choice instanceof RollbackRefused) throw choice;
      if (choice.targetId === null) throw new NotFound("Deploy revision");
      const { inspected } = choice;
      const state = await loadRollbackState(stores, deployment, choice.targetId);
      expectCurrent(state.current, command.expectedCurrentRevisionId);
      // After another deploy the last known good may be another one.
      expectCurrent(state.current, choice.currentId);
      const at = clock();
      const { acknowledgeDataLoss, quarantine, parts } = command;
      const order = { deployment, actor, state, inspected, description, acknowledgeDataLoss, quarantine, parts, at };
      const revision = await restore.execute(stores, { ...order, action: "deploy_revision.roll_back" });
      if (idempotencyKey !== undefined) {
        const use = { actorId: actor.id, key: idempotencyKey, inputHash: hashInput(command), revisionId: revision.id };
        await stores.idempotencyKeys.add({ ...use, expiresAt: plusMs(at, KEY_LIVES_MS) }, at);
      }
      return revision;
    });
  }

  /**
   * Finds the target, and checks before the Deployment is locked whether its DAG bundle and image are still there. A
   * refusal is returned and not thrown, because a repeated request still gets its first answer.
   * @throws InvalidInput; @throws NotFound, Forbidden if the actor may not roll the Deployment back
   */
  private async choose(command: RollbackCommand): Promise<Choice | RollbackRefused> {
    const { chooseTarget, inspect, readModel } = this.deps;
    const { actor, deploymentId, revisionId, revisionNumber, parts } = command;
    if (revisionId === undefined && revisionNumber === undefined) {
      const [state] = await readModel.historyStates([deploymentId]);
      authorize(actor, state?.deployment ?? null, PUSH_IMAGE);
      if (state === undefined) throw new NotFound("Deployment");
      try {
        const { target, known } = await chooseTarget.lastKnownGood(actor, state, parts);
        return { targetId: target.id, currentId: state.current?.id, inspected: known };
      } catch (error) {
        if (error instanceof RollbackRefused) return error;
        throw error;
      }
    }
    const targetId = await this.idOf(command);
    const inspected = await inspect.beforeLock(actor, { deploymentId, revisionId: targetId ?? undefined, parts });
    return { targetId, currentId: undefined, inspected };
  }

  /** An id is looked up under the lock, without a round trip of its own. */
  private async idOf(command: RollbackCommand): Promise<string | null> {
    const { deploymentId, revisionId, revisionNumber } = command;
    if (revisionNumber === undefined) return revisionId !== undefined && isId(revisionId) ? revisionId : null;
    const named = await this.deps.chooseTarget.named(deploymentId, command);
    return named?.id ?? null;
  }

  private async earlierAnswer(
    stores: DeployStores,
    deployment: Deployment,
    command: RollbackCommand,
  ): Promise<RevisionView | null> {
    const { actor, idempotencyKey } = command;
    if (idempotencyKey === undefined) return null;
    const use = await stores.idempotencyKeys.find(actor.id, idempotencyKey, this.deps.clock());
    if (use === null) return null;
    if (use.inputHash !== hashInput(command)) throw new IdempotencyKeyReused();
    const [revision] = await stores.revisions.findMany(deployment.id, [use.revisionId]);
    return revision === undefined ? null : { ...revision, isCurrent: deployment.currentRevisionId === revision.id };
  }
}

/** @throws Conflict */
function expectCurrent(current: DeployRevision | null, expectedId: string | undefined): void {
  if (expectedId === undefined || (current !== null && isSameId(expectedId, current.id))) return;
  throw new Conflict(
    current === null
      ? "No revision is current yet"
      : `Revision ${current.number} is current by now (${current.id}); look at the history again`,
  );
}

/** @throws InvalidInput */
function checkKey(key: string | undefined): void {
  if (key !== undefined && (key.trim() === "" || key.length > MAX_KEY)) {
    throw new InvalidInput("idempotencyKey", `has to have 1 to ${MAX_KEY} characters`);
  }
  if (key !== undefined) refuseHidden("idempotencyKey", key, "ONE_LINE");
}

function hashInput({
  deploymentId,
  revisionId,
  revisionNumber,
  description,
  acknowledgeDataLoss,
  expectedCurrentRevisionId,
  quarantine,
  parts = "ALL",
}: RollbackCommand): string {
  const input = [
    deploymentId,
    revisionId ?? null,
    description.trim(),
    acknowledgeDataLoss,
    expectedCurrentRevisionId ?? null,
    // Left out unless given: keys that were used before these arguments existed keep their hash.
    ...(quarantine || revisionNumber !== undefined ? [quarantine, revisionNumber ?? null] : []),
    ...(parts === "ALL" ? [] : [{ parts }]),
  ];
  return createHash("sha256").update(JSON.stringify(input)).digest("hex");
}
