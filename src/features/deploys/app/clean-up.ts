import type { BundleKey, CleanUpArchives } from "../../bundles";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Clock } from "../../../kernel/clock";
import { inPacedSteps } from "../../../kernel/paced-steps";
import { InvalidInput } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { CLEAN_UP } from "../domain/permissions";
import { oldestWithinReach } from "../domain/retention";
import type { RevisionCleanup } from "./ports";

/** Few enough that a batch takes milliseconds and requests hardly wait for it. */
const BATCH = 250;
const MAX_DAYS = 3_650;

export interface CleanupResult {
  readonly dryRun: boolean;
  readonly olderThanDays: number;
  readonly deletedRevisions: number;
  readonly deletedBundles: number;
  readonly keptRevisions: number;
}

/** Removes revisions that are out of reach, in batches, each in a transaction of its own. */
export class CleanUp {
  constructor(
    private readonly deps: {
      readonly revisions: RevisionCleanup;
      readonly audit: AuditTrail;
      readonly clock: Clock;
      readonly retentionDays: number;
      readonly archives: Pick<CleanUpArchives, "execute">;
      /** Further things that age with the history: log lines, deleted Deployments. */
      readonly others: readonly ((now: Instant, before: Instant) => Promise<void>)[];
    },
  ) {}

  /** For a person. @throws Forbidden, InvalidInput */
  async executeAs(
    actor: Actor,
    options: { readonly olderThanDays?: number | undefined; readonly dryRun: boolean },
  ): Promise<CleanupResult> {
    requirePermission(actor, CLEAN_UP, SYSTEM_SCOPE);
    const result = await this.execute(options);
    if (options.dryRun) return result;
    // After its many transactions, so in one of its own.
    await this.deps.audit.add({
      actor,
      action: "system.cleanup_deploy_revisions",
      object: { type: "system", id: null, label: null },
      details: { ...result },
    });
    return result;
  }

  /** @throws InvalidInput unless the age is 1 to 3650 days */
  async execute({
    olderThanDays = this.deps.retentionDays,
    dryRun,
  }: {
    readonly olderThanDays?: number | undefined;
    readonly dryRun: boolean;
  }): Promise<CleanupResult> {
    if (!Number.isInteger(olderThanDays) || olderThanDays < 1 || olderThanDays > MAX_DAYS) {
      throw new InvalidInput("olderThanDays", `has to be a whole number from 1 to ${MAX_DAYS}`);
    }
    const { revisions, clock, others } = this.deps;
    const now = clock();
    const before = oldestWithinReach(now, { retentionDays: olderThanDays });
    const deletedRevisions = dryRun
      ? null
      : await inPacedSteps((from: Instant | null) => revisions.deleteBatch({ before, from, limit: BATCH }));
    const deletedBundles = dryRun ? await revisions.countUnnamedBundles(before) : await this.deleteBundles();
    // Afterwards, because counting walks over all that is old.
    const { due, kept } = await revisions.count(before);
    if (!dryRun) {
      await revisions.deleteExpiredKeys(now);
      for (const other of others) await other(now, before);
    }
    return { dryRun, olderThanDays, deletedRevisions: deletedRevisions ?? due, deletedBundles, keptRevisions: kept };
  }

  /** Removes the bundles that no revision names any more, and their archives. */
  private async deleteBundles(): Promise<number> {
    const deleted = await inPacedSteps((after: BundleKey | null) => this.deps.revisions.deleteUnnamedBundles(after));
    await this.deps.archives.execute();
    return deleted;
  }
}
