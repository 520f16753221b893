import { isForward, rollbackTitle, rollbackVerb } from "../../lib/words";
import type { Issue } from "../../lib/ask";
import type { IconName } from "../../lib/icon-shapes";
import type { HoldFragment } from "../../gql";
import type { Plan } from "./plan";

/** What the dialog is open for; `target` as in the address, `rollbackId` that of the rollback to undo. */
export type Order =
  { readonly kind: "rollback"; readonly target: string } | { readonly kind: "undo"; readonly rollbackId: string };

/** The rollback to undo. */
export interface Undone {
  readonly id: string;
  readonly number: number;
  readonly createdAt: string;
}

export interface OrderWords {
  readonly title: string;
  readonly subtitle: string;
  readonly question: string;
  readonly placeholder: string;
  readonly verb: string;
  readonly icon: IconName;
}

/** @param next number of the revision that would be made */
export function wordsOf(plan: Plan, undone: Undone | null, label: string, next: number): OrderWords {
  const makes = `Makes deploy #${next} out of #${plan.to.number} and rolls it out.`;
  if (undone !== null) {
    const lifts = liftedBy(undone, plan.to.quarantine) === null ? "" : ` Lifts the hold on #${plan.to.number}.`;
    return {
      title: `Undo rollback #${undone.number} of ${label}`,
      subtitle: `${makes}${lifts}`,
      question: "Why are you undoing it?",
      placeholder: "One sentence: what was not the cause",
      verb: `Undo rollback #${undone.number}`,
      icon: "forward",
    };
  }
  const forward = isForward(plan.from, plan.to);
  return {
    title: rollbackTitle(label, plan.from, plan.to),
    subtitle: `${makes} Nothing is taken out of the history.`,
    question: forward ? "Why are you deploying it again?" : "Why are you rolling back?",
    placeholder: "One sentence: what broke, since when",
    verb: rollbackVerb(plan.from, plan.to),
    icon: forward ? "forward" : "back",
  };
}

/** Returns the hold that a rollback has made, if it is the one given: both are written in one transaction, at one instant. */
export function liftedBy(
  rollback: Pick<Undone, "createdAt"> | null,
  hold: HoldFragment | null | undefined,
): HoldFragment | null {
  return rollback !== null && hold != null && hold.createdAt === rollback.createdAt ? hold : null;
}

/** Returns what stands against it. An undo lifts the hold of its rollback, so that this one does not count. */
export function blockersOf(plan: Plan, undone: Undone | null): readonly Issue[] {
  if (liftedBy(undone, plan.to.quarantine) === null) return plan.blockers;
  return plan.blockers.filter(({ code }) => code !== "TARGET_QUARANTINED");
}
