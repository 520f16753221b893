import type { Instant } from "../../../kernel/instant";
import type { BundleStore } from "./bundle-store";
import type { BundleState } from "../domain/dag-bundle";
import type { CheckBundle } from "./check-bundle";
import type { BundleHolder, BundleReadModel } from "./ports";

const BATCH = 500;
const MAX_STRAYS = 100;

export interface Orphan {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly storedAt: Instant;
}

export interface StoreReport {
  /** Recorded archives. */
  readonly archives: number;
  /** Stored archives. */
  readonly stored: number;
  /** Recorded, but the bytes are gone or not those that were stored, and which bundles suffer. */
  readonly damaged: readonly {
    readonly sha256: string;
    readonly state: BundleState;
    readonly bundles: readonly BundleHolder[];
  }[];
  /** Stored without a record that needs them. */
  readonly orphans: readonly Orphan[];
  /** Names of what is no archive of ours; the first hundred. */
  readonly strays: readonly string[];
}

/** Holds records and stored bytes against each other. */
export class CheckStore {
  constructor(
    private readonly deps: {
      readonly store: BundleStore;
      readonly readModel: BundleReadModel;
      readonly check: CheckBundle;
    },
  ) {}

  /** Changes nothing. Damaged archives cannot be made whole from here: uploading the same files again does it. */
  async execute(): Promise<StoreReport> {
    return { ...(await this.findDamaged()), ...(await this.walkStore()) };
  }

  private async findDamaged(): Promise<Pick<StoreReport, "archives" | "damaged">> {
    const { readModel, check } = this.deps;
    const damaged: StoreReport["damaged"][number][] = [];
    let archives = 0;
    for (let after = ""; ;) {
      const batch = await readModel.archives(after, BATCH);
      for (const archive of batch) {
        const state = await check.verifyChecksum(archive);
        if (state !== "STORED")
          damaged.push({ sha256: archive.sha256, state, bundles: await readModel.holdersOf(archive.sha256) });
      }
      archives += batch.length;
      const last = batch.at(-1);
      if (last === undefined) return { archives, damaged };
      after = last.sha256;
    }
  }

  private async walkStore(): Promise<Pick<StoreReport, "stored" | "orphans" | "strays">> {
    const orphans: Orphan[] = [];
    const strays: string[] = [];
    let stored = 0;
    let waiting: Orphan[] = [];
    const sift = async (): Promise<void> => {
      const known = await this.deps.readModel.known(waiting.map(({ sha256 }) => sha256));
      orphans.push(...waiting.filter(({ sha256 }) => !known.has(sha256)));
      waiting = [];
    };
    for await (const { sha256, name, sizeBytes, storedAt } of this.deps.store.list()) {
      if (sha256 === null) {
        if (strays.length < MAX_STRAYS) strays.push(name);
        continue;
      }
      stored++;
      waiting.push({ sha256, sizeBytes, storedAt });
      if (waiting.length === BATCH) await sift();
    }
    await sift();
    return { stored, orphans, strays };
  }
}
