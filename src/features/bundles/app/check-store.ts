import type { Clock } from "../../../shared/app/clock";
import type { BundleStore } from "./bundle-store";
import type { BundleState, CheckBundle } from "./check-bundle";
import type { CleanUpArchives } from "./clean-up-archives";
import type { ArchiveRemovals, BundleKey, BundleReadModel } from "./ports";

const BATCH = 500;

export interface StoreReport {
  readonly archives: number;
  /** Recorded, but the bytes are gone or not those that were uploaded, and which bundles suffer. */
  readonly damaged: readonly { readonly sha256: string; readonly state: BundleState; readonly bundles: readonly BundleKey[] }[];
  /** Stored without a record that needs them. */
  readonly orphans: readonly { readonly sha256: string; readonly sizeBytes: number }[];
}

/** Holds records and stored bytes against each other. */
export class CheckStore {
  constructor(
    private readonly deps: {
      readonly store: BundleStore;
      readonly readModel: BundleReadModel;
      readonly removals: ArchiveRemovals;
      readonly check: CheckBundle;
      readonly cleanUp: CleanUpArchives;
      readonly clock: Clock;
    },
  ) {}

  /**
   * With `repair`, orphans are removed, unless an upload of theirs is under way. Damaged archives cannot be made whole
   * from here: uploading the same archive again does it.
   */
  async execute({ repair }: { readonly repair: boolean }): Promise<StoreReport> {
    const { archives, damaged } = await this.findDamaged();
    const orphans = await this.findOrphans();
    if (repair && orphans.length > 0) {
      // A note of an upload under way has a later instant, which wins.
      await this.deps.removals.schedule(orphans.map(({ sha256 }) => sha256), this.deps.clock());
      await this.deps.cleanUp.removeDue();
    }
    return { archives, damaged, orphans };
  }

  private async findDamaged(): Promise<Pick<StoreReport, "archives" | "damaged">> {
    const { readModel, check } = this.deps;
    const damaged: StoreReport["damaged"][number][] = [];
    let archives = 0;
    for (let after = ""; ; ) {
      const batch = await readModel.archives(after, BATCH);
      for (const archive of batch) {
        const state = await check.verify(archive);
        if (state !== "STORED") damaged.push({ sha256: archive.sha256, state, bundles: await readModel.bundlesOf(archive.sha256) });
      }
      archives += batch.length;
      const last = batch.at(-1);
      if (last === undefined) return { archives, damaged };
      after = last.sha256;
    }
  }

  private async findOrphans(): Promise<StoreReport["orphans"]> {
    const orphans: StoreReport["orphans"][number][] = [];
    let waiting: StoreReport["orphans"][number][] = [];
    const sift = async (): Promise<void> => {
      const known = await this.deps.readModel.known(waiting.map(({ sha256 }) => sha256));
      orphans.push(...waiting.filter(({ sha256 }) => !known.has(sha256)));
      waiting = [];
    };
    for await (const stored of this.deps.store.list()) {
      waiting.push(stored);
      if (waiting.length === BATCH) await sift();
    }
    await sift();
    return orphans;
  }
}
