import {
  checksumsIn,
  heldContentOf,
  lockRevision,
  PUSH_IMAGE,
  requireDescription,
  type DeployRevision,
  type DeployStores,
} from "../../deploys";
import { contentToHold, NO_IMAGE, putOnHold, type HeldContent, type Hold, type HoldSettings } from "../../holds";
import type { Clock } from "../../../kernel/clock";
import { Conflict, InvalidInput } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";

/** Puts on hold what a revision has brought, without deploying anything. */
export class QuarantineRevision {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly settings: Pick<HoldSettings, "maxHolds">;
      readonly clock: Clock;
    },
  ) {}

  /**
   * @throws Conflict if the revision is on hold already
   * @throws InvalidInput if the reason is blank or too long, or the revision has neither image nor DAG bundle
   * @throws Unauthenticated, NotFound, Forbidden, LimitReached
   */
  execute({
    actor: caller,
    revisionId,
    ...command
  }: {
    readonly actor: Actor;
    readonly revisionId: string;
    readonly reason: string;
  }): Promise<Hold> {
    const reason = requireDescription(command.reason, "reason");
    const { unitOfWork, settings, clock } = this.deps;
    return unitOfWork.run(async (stores) => {
      const { deployment, actor, revision } = await lockRevision(stores, caller, revisionId, PUSH_IMAGE);
      const holds = await stores.holds.ofDeployment(deployment.id);
      const same = holds.find((hold) => hold.revisionId === revision.id && hold.rollbackId === null);
      if (same !== undefined) throw new Conflict(`Revision ${revision.number} is quarantined already (${same.id})`);
      const content = contentToHold(await this.broughtBy(stores, revision), null);
      if (content === null)
        throw new InvalidInput(
          "deployRevisionId",
          `revision ${revision.number} has neither an image nor a DAG bundle to quarantine`,
        );
      return putOnHold(
        stores,
        { deployment, holds, content, revision, rollbackId: null, reason, by: actor, at: clock() },
        settings,
      );
    });
  }

  /** Of what the revision has, the part that it changed: the rest may be good. */
  private async broughtBy(stores: DeployStores, revision: DeployRevision): Promise<HeldContent> {
    const content = await heldContentOf(revision, checksumsIn(stores));
    switch (revision.type) {
      case "DAG_ONLY":
        return { ...content, ...NO_IMAGE };
      case "IMAGE_ONLY":
        return { ...content, dagBundleSha256: null };
      case "IMAGE_AND_DAG":
        return content;
    }
  }
}
