import type { ClaimPlace } from "../../installation";
import type { Clock } from "../../../kernel/clock";
import { inPacedSteps } from "../../../kernel/paced-steps";
import type { BundleStore } from "./bundle-store";
import type { ArchiveRemovals } from "./ports";

const BATCH = 50;

/**
 * Removes archives that no bundle holds any more, record first and bytes after: an interruption leaves bytes without
 * a record, noted for the next run, and never a record without bytes.
 */
export class CleanUpArchives {
  constructor(
    private readonly deps: {
      readonly store: BundleStore;
      readonly removals: ArchiveRemovals;
      /** Looked at each time before anything is removed. */
      readonly claim: Pick<ClaimPlace, "execute">;
      readonly clock: Clock;
    },
  ) {}

  async execute(): Promise<void> {
    const { removals, clock } = this.deps;
    await inPacedSteps((after: string | null) => removals.scheduleUnneeded(clock(), after));
    await this.removeDue();
  }

  /**
   * Carries out what is noted and due. Returns how many notes; none while the store is not ours alone: others may need
   * the same bytes.
   */
  async removeDue(): Promise<number> {
    const { store, removals, claim, clock } = this.deps;
    for (let removed = 0, isOurs = false; ;) {
      const now = clock();
      const due = await removals.due(now, BATCH);
      if (due.length === 0) return removed;
      isOurs ||= (await claim.execute()).kind === "ours";
      if (!isOurs) return removed;
      let carriedOut = 0;
      for (const sha256 of due) {
        if (await removals.carryOut(sha256, now, () => store.delete(sha256))) carriedOut++;
      }
      removed += carriedOut;
      // The rest is being removed by another process.
      if (due.length < BATCH || carriedOut === 0) return removed;
    }
  }
}
