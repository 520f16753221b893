import type { Clock } from "../../../shared/app/clock";
import { inPacedSteps } from "../../../shared/app/paced-steps";
import type { BundleStore } from "./bundle-store";
import type { ArchiveRemovals } from "./ports";

const BATCH = 50;

/**
 * Removes archives that no bundle holds any more, record first and bytes after: an interruption leaves bytes without
 * a record, noted for the next run, and never a record without bytes.
 */
export class CleanUpArchives {
  constructor(
    private readonly deps: { readonly store: BundleStore; readonly removals: ArchiveRemovals; readonly clock: Clock },
  ) {}

  async execute(): Promise<void> {
    const { removals, clock } = this.deps;
    await inPacedSteps((after: string | null) => removals.scheduleUnneeded(clock(), after));
    await this.removeDue();
  }

  /** Carries out what is noted and due. */
  async removeDue(): Promise<void> {
    const { store, removals, clock } = this.deps;
    for (;;) {
      const now = clock();
      const due = await removals.due(now, BATCH);
      let carriedOut = 0;
      for (const sha256 of due) {
        if (await removals.carryOut(sha256, now, () => store.delete(sha256))) carriedOut++;
      }
      // What is left is in somebody else's hands.
      if (due.length < BATCH || carriedOut === 0) return;
    }
  }
}
