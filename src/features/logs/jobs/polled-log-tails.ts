import { Unavailable } from "../../../kernel/errors";
import { toInstant, type Instant } from "../../../kernel/instant";
import type { LogEntry, LogFilter, LogTails } from "../app/ports";
import type { LineQueue } from "./line-queue";
import { LATE_MS, LogPoll, msOf, nextPageMs, PAGE_LINES, type LogPollOptions } from "./log-poll";

/** Each asks the logs once a second. */
const MAX_POLLS = 100;
/** Max polls that one reader has started, so that others can follow some too. */
const MAX_OF_ONE_READER = 25;

/**
 * Follows logs by polling: one poll for all readers of the same lines of a Deployment.
 */
export class PolledLogTails implements LogTails {
  private readonly polls = new Map<string, LogPoll>();

  constructor(private readonly options: LogPollOptions) {}

  /** How many different logs are being followed. */
  get size(): number {
    return this.polls.size;
  }

  async *follow(
    filter: LogFilter,
    since: Instant,
    reader: string,
    signal: AbortSignal,
  ): AsyncGenerator<LogEntry, void, undefined> {
    const { key, poll } = this.join(filter, reader);
    // From here on, new lines get into the queue; earlier ones are read by pages.
    const queue = poll.attach();
    try {
      const known = new Map<string, number>();
      yield* this.earlierLines({ filter, since, signal, poll, queue, known });
      yield* laterLines({ since, signal, poll, queue, known });
    } finally {
      poll.detach(queue);
      if (poll.isIdle) {
        poll.stop();
        this.polls.delete(key);
      }
    }
  }

  close(): void {
    for (const poll of this.polls.values()) poll.stop();
  }

  private join(
    { releaseName, deploymentId, workspaceId, deploymentCreatedAt, component, text }: LogFilter,
    reader: string,
  ): { key: string; poll: LogPoll } {
    const key = JSON.stringify([releaseName, deploymentId, component, text]);
    let poll = this.polls.get(key);
    if (poll === undefined) {
      const ofReader = [...this.polls.values()].filter(({ begunBy }) => begunBy === reader);
      if (this.polls.size >= MAX_POLLS || ofReader.length >= MAX_OF_ONE_READER)
        throw new Unavailable("Too many different logs are being followed now; try again later");
      const filter = {
        releaseName,
        deploymentId,
        workspaceId,
        deploymentCreatedAt,
        ...(component !== undefined && { component }),
        ...(text !== undefined && { text }),
      };
      poll = new LogPoll(filter, reader, this.options);
      this.polls.set(key, poll);
    }
    return { key, poll };
  }

  /** Page by page, as fast as they are read. Leaves in `known` those that may come once more. */
  private async *earlierLines({
    filter,
    since,
    signal,
    queue,
    known,
  }: Following & { filter: LogFilter }): AsyncGenerator<LogEntry, void, undefined> {
    const { search, retrying, clock } = this.options;
    let attachedMs = Date.parse(clock());
    let fromMs = Date.parse(since);
    for (;;) {
      if (queue.overflown) {
        // The lost lines are younger than the next page.
        queue.startOver();
        attachedMs = Date.parse(clock());
      }
      const from = toInstant(fromMs);
      const page = await retrying.read(() => search.oldest({ ...filter, since: from, limit: PAGE_LINES }), signal);
      if (page === null) return;
      for (const line of page) {
        if (known.has(line.id)) continue;
        known.set(line.id, msOf(line));
        yield line;
      }
      const isLast = page.length < PAGE_LINES;
      if (!isLast) fromMs = nextPageMs(page, fromMs);
      const forgottenMs = Math.min(isLast ? Number.POSITIVE_INFINITY : fromMs, attachedMs - LATE_MS);
      for (const [id, ms] of known) if (ms < forgottenMs) known.delete(id);
      if (isLast) return;
    }
  }
}

interface Following {
  readonly since: Instant;
  readonly signal: AbortSignal;
  readonly poll: LogPoll;
  readonly queue: LineQueue;
  /** Lines that have been handed out already, by id. */
  readonly known: Map<string, number>;
}

async function* laterLines({
  since,
  signal,
  poll,
  queue,
  known,
}: Following): AsyncGenerator<LogEntry, void, undefined> {
  const sinceMs = Date.parse(since);
  const joinedAt = poll.polls;
  for (;;) {
    const batch = await queue.next(signal);
    if (batch === null) {
      if (queue.overflown)
        throw new Unavailable("The lines come faster than they are read; follow the log again from where it broke off");
      return;
    }
    for (const line of batch.lines) if (msOf(line) >= sinceMs && !known.has(line.id)) yield line;
    // A poll that began after the last page has found all that the page had.
    if (batch.poll > joinedAt) known.clear();
  }
}
