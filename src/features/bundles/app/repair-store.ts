import type { ClaimPlace } from "../../installation";
import type { Clock } from "../../../kernel/clock";
import { minusDays } from "../../../kernel/instant";
import type { Orphan, StoreReport } from "./check-store";
import type { CleanUpArchives } from "./clean-up-archives";
import type { ArchiveRemovals } from "./ports";

const YOUNG_DAYS = 1;
/** Interrupted uploads do not leave more than that. */
const MAX_REMOVED = 1_000;

export interface RepairPlan {
  readonly remove: readonly Orphan[];
  /** Younger than a day: their upload may be under way, or they are of a database that is newer than ours. */
  readonly young: number;
  /** Why nothing is removed; null if the repair is allowed. */
  readonly refusal: string | null;
}

/** Removes stored archives that no record needs. */
export class RepairStore {
  constructor(
    private readonly deps: {
      readonly claim: ClaimPlace;
      readonly removals: ArchiveRemovals;
      readonly cleanUp: CleanUpArchives;
      readonly clock: Clock;
    },
  ) {}

  /**
   * @param removeMost whether most of a store may go, as after its Deployments were deleted; a wrong database looks the
   * same
   */
  async plan({ stored, orphans }: StoreReport, { removeMost }: { readonly removeMost: boolean }): Promise<RepairPlan> {
    const before = minusDays(this.deps.clock(), YOUNG_DAYS);
    const remove = orphans.filter(({ storedAt }) => storedAt < before);
    const { claim } = this.deps;
    const others = await claim.others();
    return { remove, young: orphans.length - remove.length, refusal: refusal() };

    function refusal(): string | null {
      if (others.length > 0)
        return `${claim.address} is also used by other installations (${others.join(", ")}), which may need these archives`;
      if (removeMost) return null;
      if (remove.length > MAX_REMOVED)
        return `${remove.length} archives would be removed, and ${MAX_REMOVED} is the limit; is this the right database?`;
      return remove.length * 2 > stored
        ? "more than half of the store would be removed; is this the right database?"
        : null;
    }
  }

  /**
   * Carries the plan out, unless it is refused. Returns how many archives were removed; one that is uploaded again
   * meanwhile stays.
   */
  async carryOut({ remove, refusal }: RepairPlan): Promise<number> {
    if (refusal !== null || remove.length === 0) return 0;
    // A note of an upload under way has a later instant, which wins.
    await this.deps.removals.schedule(
      remove.map(({ sha256 }) => sha256),
      this.deps.clock(),
    );
    return this.deps.cleanUp.removeDue();
  }
}
