import { DEPLOYMENT_PERMISSIONS, lockDeployment, visibleDeployments, type Deployment } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import { NotFound, notFoundAs } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import type { Instant } from "../../../kernel/instant";
import { deploymentScope, requirePermission, type Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Hold } from "../domain/hold";
import { auditedHold, holdLogLine } from "../domain/hold-log";
import { PersonRequired } from "../domain/person-required";
import type { HoldSettings, HoldStores } from "./ports";

interface Lifting {
  readonly deployment: Deployment;
  readonly hold: Hold;
  readonly by: Actor;
  readonly at: Instant;
}

/**
 * Lifts a hold, in a transaction that holds the Deployment's lock.
 * @throws Forbidden without deployment.config.update
 * @throws PersonRequired for a service account, unless the installation allows it
 */
export async function liftHold(
  stores: HoldStores,
  { deployment, hold, by, at }: Lifting,
  { serviceAccountsMayLift }: Pick<HoldSettings, "serviceAccountsMayLift">,
): Promise<void> {
  requirePermission(by, DEPLOYMENT_PERMISSIONS.update, deploymentScope(deployment));
  if (by.type === "SERVICE_ACCOUNT" && !serviceAccountsMayLift) throw new PersonRequired();
  await Promise.all([
    stores.holds.remove(hold.id),
    stores.logs.add([holdLogLine(deployment, hold, { what: { event: "quarantine_lifted" }, by, at })]),
    stores.audit.add({
      actor: by,
      action: "deploy_revision.lift_quarantine",
      object: auditedHold(hold, deployment),
      details: { quarantineId: hold.id },
    }),
  ]);
}

/** Lets quarantined content be deployed again. */
export class LiftQuarantine {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<HoldStores>;
      readonly settings: Pick<HoldSettings, "serviceAccountsMayLift">;
      readonly clock: Clock;
    },
  ) {}

  /**
   * Returns the hold that was lifted.
   * @throws NotFound if there is none, or the caller may not see its Deployment
   * @throws Unauthenticated, Forbidden, PersonRequired
   */
  execute(caller: Actor, holdId: string): Promise<Hold> {
    const { unitOfWork, settings, clock } = this.deps;
    return unitOfWork.run(async (stores) => {
      // Nobody waits for the lock of a Deployment that they may not see.
      const deploymentId = isId(holdId) ? await stores.holds.deploymentOf(holdId, visibleDeployments(caller)) : null;
      if (deploymentId === null) throw new NotFound("Quarantine");
      const { deployment, actor } = await lockDeployment(
        stores,
        caller,
        { id: deploymentId },
        DEPLOYMENT_PERMISSIONS.update,
      ).catch(notFoundAs("Quarantine"));
      const hold = await stores.holds.find(holdId);
      // Somebody else has lifted it meanwhile.
      if (hold === null) throw new NotFound("Quarantine");
      await liftHold(stores, { deployment, hold, by: actor, at: clock() }, settings);
      return hold;
    });
  }
}
