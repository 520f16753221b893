import { setTimeout as sleep } from "node:timers/promises";
import { NotFound, Unavailable } from "../../../kernel/errors";
import type { RetryingReader } from "../../../infrastructure/jobs/retrying-reader";
import type { RevisionChanges, RevisionReadModel, RevisionView } from "../app/ports";
import { positionAfter, type HistoryPosition } from "../domain/history-position";

/** Each asks the database once a second. */
const MAX_FOLLOWERS = 500;
/** Max histories that one reader follows, so that others can follow some too. */
const MAX_OF_ONE_READER = 100;

/** Follows histories by polling, so that no deploy waits for a reader. */
export class PolledRevisionChanges implements RevisionChanges {
  /** The reader of each history that is followed. */
  private readonly followers: string[] = [];

  constructor(
    private readonly options: {
      readonly readModel: Pick<RevisionReadModel, "changedSince">;
      readonly retrying: RetryingReader;
      readonly intervalMs: number;
    },
  ) {}

  async *follow(
    deploymentId: string,
    from: HistoryPosition,
    reader: string,
    signal: AbortSignal,
  ): AsyncGenerator<RevisionView, void, undefined> {
    const { readModel, retrying, intervalMs } = this.options;
    const ofReader = this.followers.filter((one) => one === reader);
    if (this.followers.length >= MAX_FOLLOWERS || ofReader.length >= MAX_OF_ONE_READER) {
      throw new Unavailable("Too many deploy histories are being followed now; try again later");
    }
    this.followers.push(reader);
    try {
      let position = from;
      while (!signal.aborted) {
        const look = position;
        const found = await retrying.read(
          async () => ({ changes: await readModel.changedSince(deploymentId, look) }),
          signal,
        );
        if (found === null) return;
        if (found.changes === null) throw new NotFound("Deployment");
        yield* found.changes;
        position = positionAfter(position, found.changes);
        if (found.changes.length === 0)
          await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    } finally {
      this.followers.splice(this.followers.indexOf(reader), 1);
    }
  }
}
