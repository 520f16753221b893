import { TooManyAttempts } from "../../../kernel/errors";

interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

export interface HashQueueLimits {
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

const RETRY_AFTER_SECONDS = 2;

/**
 * Runs work that hashes passwords: few at a time, because each keeps a processor busy. Callers take turns, so that a
 * caller who sends much delays only itself. A full queue refuses the work of the caller with the most waiting. Existing
 * accounts are not preferred: that would reveal whether an account exists.
 */
export class HashQueue {
  private running = 0;
  private waitingCount = 0;
  /** By caller, in the order of their turns. */
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(private readonly limits: HashQueueLimits) {}

  /** @throws TooManyAttempts if the queue is full; the work has not begun then */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T> {
    if (this.running < this.limits.maxRunning) this.running++;
    else await this.turnOf(caller);
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  private turnOf(caller: string): Promise<void> {
    const own = this.waiting.get(caller)?.length ?? 0;
    if (this.waitingCount >= this.limits.maxWaiting && !this.displaceFor(own)) throw busy();
    return new Promise<void>((start, refuse) => {
      const queue = this.waiting.get(caller);
      if (queue === undefined) this.waiting.set(caller, [{ start, refuse }]);
      else queue.push({ start, refuse });
      this.waitingCount++;
    });
  }

  /** Makes room for a caller with that many waiting, by refusing work of the caller with the most. */
  private displaceFor(own: number): boolean {
    let most: Waiting[] = [];
    for (const queue of this.waiting.values()) if (queue.length > most.length) most = queue;
    if (most.length <= own + 1) return false;
    most.pop()?.refuse(busy());
    this.waitingCount--;
    return true;
  }

  private passOn(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.running--;
      return;
    }
    const [caller, queue] = next;
    const first = queue.shift();
    this.waiting.delete(caller);
    if (queue.length > 0) this.waiting.set(caller, queue);
    this.waitingCount--;
    first?.start();
  }
}

const busy = (): TooManyAttempts =>
  new TooManyAttempts(
    RETRY_AFTER_SECONDS,
    `Too many passwords are being checked at the moment; try again in ${RETRY_AFTER_SECONDS} s`,
  );
