import { performance } from "node:perf_hooks";

export interface TimeBudgetOptions {
  readonly seconds: number;
  /** So many rounds run even if that takes longer: a test that did next to nothing proves nothing. */
  readonly atLeast: number;
}

/** Bounds a generated test by time, so that it takes as long on a busy machine as on an idle one. */
export class TimeBudget {
  /** Rounds begun. */
  rounds = 0;
  private readonly start = performance.now();

  constructor(private readonly options: TimeBudgetOptions) {}

  /** Whether there is time for another round, which it counts. */
  next(): boolean {
    const { seconds, atLeast } = this.options;
    if (this.rounds >= atLeast && performance.now() - this.start >= seconds * 1_000) return false;
    this.rounds++;
    return true;
  }

  /** Prints how much ran, in one line. */
  report(what: string): void {
    const seconds = (performance.now() - this.start) / 1_000;
    process.stderr.write(`${this.rounds} ${what} in ${seconds.toFixed(0)} s\n`);
  }
}
