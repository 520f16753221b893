import { setTimeout as sleep } from "node:timers/promises";
import { NotFound, Unavailable } from "../../../shared/domain/errors";
import type { Patience } from "../../../shared/jobs/patience";
import type { RevisionChanges, RevisionReadModel, RevisionView } from "../app/ports";
import { positionAfter, type HistoryPosition } from "../domain/history-position";

/** Each asks the database once a second. */
const MOST_FOLLOWERS = 500;

/** Follows histories by looking for changes in turn, so that a deploy waits for no reader. */
export class PolledRevisionChanges implements RevisionChanges {
  private followers = 0;

  constructor(
    private readonly options: {
      readonly readModel: Pick<RevisionReadModel, "changedSince">;
      readonly patience: Patience;
      readonly intervalMs: number;
    },
  ) {}

  async *follow(deploymentId: string, from: HistoryPosition, signal: AbortSignal): AsyncGenerator<RevisionView, void, undefined> {
    const { readModel, patience, intervalMs } = this.options;
    if (this.followers >= MOST_FOLLOWERS) throw new Unavailable("Too many deploy histories are being followed now; try again later");
    this.followers += 1;
    try {
      let position = from;
      while (!signal.aborted) {
        const look = position;
        const found = await patience.read(async () => ({ changes: await readModel.changedSince(deploymentId, look) }), signal);
        if (found === null) return;
        if (found.changes === null) throw new NotFound("Deployment");
        yield* found.changes;
        position = positionAfter(position, found.changes);
        if (found.changes.length === 0) await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    } finally {
      this.followers -= 1;
    }
  }
}
