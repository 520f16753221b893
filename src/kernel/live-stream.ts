import { DomainError } from "./errors";
import type { AccessWatch } from "./access-watch";

export interface Guard {
  /** @throws DomainError once the reader may no longer read */
  readonly check: () => Promise<void>;
  readonly watch: AccessWatch;
}

/** Delay before a check is repeated that failed for another reason than a refusal, such as an unreachable database. */
const CHECK_AGAIN_MS = 1_000;

/**
 * A stream whose reader must stay allowed to read it. Every change of access repeats the guard's check, and a refusal
 * ends the stream with that error. The stream ends at once when the reader leaves, even while it waits: `make` has to
 * honour its signal wherever it waits.
 */
export class LiveStream<T> implements AsyncGenerator<T, void, undefined> {
  private readonly ending = new AbortController();
  private readonly source: AsyncGenerator<T, void, undefined>;
  private readonly leave: () => void;
  private refusal: { readonly error: unknown } | null = null;
  private checking = false;
  private checkAgain = false;

  constructor(
    make: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
    private readonly guard: Guard,
  ) {
    this.source = make(this.ending.signal);
    this.leave = guard.watch.onChange(() => void this.check());
  }

  async next(): Promise<IteratorResult<T, void>> {
    try {
      const result = await this.source.next();
      if (this.refusal !== null) return this.refuse(this.refusal.error);
      if (result.done === true) this.end();
      return result;
    } catch (error) {
      if (this.refusal !== null) return this.refuse(this.refusal.error);
      this.end();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.end();
    // Not awaited: the source may be waiting for another system.
    this.source.return(undefined).catch(() => undefined);
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<T, void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private refuse(error: unknown): never {
    this.refusal = null;
    this.end();
    throw error;
  }

  private end(): void {
    this.leave();
    this.ending.abort();
  }

  private async check(): Promise<void> {
    this.checkAgain = true;
    if (this.checking) return;
    this.checking = true;
    while (this.checkAgain && !this.ending.signal.aborted) {
      // A change during a check may be missing from the data that the check has read.
      this.checkAgain = false;
      await this.guard.check().catch((error: unknown) => {
        if (this.ending.signal.aborted) return;
        if (!(error instanceof DomainError)) return void setTimeout(() => void this.check(), CHECK_AGAIN_MS).unref();
        this.refusal = { error };
        this.ending.abort();
      });
    }
    this.checking = false;
  }
}
