import { TooManyRequests } from "../../../kernel/errors";

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/** Limits expensive work by caller: a few calls at a time, a short queue behind them, and a refusal beyond that. */
export class CallerQueue {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly limits: { readonly maxRunning: number; readonly maxWaiting: number }) {}

  /** @throws TooManyRequests without having begun */
  async run<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(caller) ?? { running: 0, waiting: [] };
    this.lines.set(caller, line);
    if (line.running < this.limits.maxRunning) line.running++;
    else {
      if (line.waiting.length >= this.limits.maxWaiting) throw new TooManyRequests(1);
      // The next caller in the queue takes the place.
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else if (--line.running === 0) this.lines.delete(caller);
    }
  }
}
