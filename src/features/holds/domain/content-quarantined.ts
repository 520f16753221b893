import type { Deployment } from "../../deployments/domain";
import { DomainError } from "../../../kernel/errors";
import { heldBecause, heldImageReference, heldLabel, howToLift, type Hold } from "./hold";

/** The content is on hold; nothing was deployed. */
export class ContentQuarantined extends DomainError {
  readonly code = "QUARANTINED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly hold: Hold,
    readonly deployment: Deployment,
  ) {
    super(`${heldLabel(hold)}: ${heldBecause(hold)}. Deploy something else, or ${howToLift(hold)}`);
    this.details = {
      quarantineId: hold.id,
      reason: hold.reason,
      createdBy: hold.actorLabel,
      createdAt: hold.createdAt,
      image: heldImageReference(hold),
      dagBundleSha256: hold.dagBundleSha256,
    };
  }
}
