import type { RefusalTrail } from "./audit-trail";
import type { Forbidden } from "./errors";
import { refusedActor, type Actor } from "./permissions";

/** Leaves an audit line of a call that its caller lacks the permission for. @param operation as the API names it */
export function noteRefusal(
  refusals: RefusalTrail,
  error: Forbidden,
  operation: string,
  request?: Actor["request"],
): void {
  const actor = refusedActor(error);
  if (actor === null) return;
  refusals.note({
    actor: { ...actor, ...(request !== undefined && actor.request === undefined && { request }) },
    action: "system.refuse_call",
    object: { type: "system", id: null, label: null },
    details: { operation, permission: error.permission ?? null },
  });
}
