import { watchAccess, type Guard } from "./watched-access";

/**
 * A stream whose reader must stay allowed to read it. Every change of access repeats the guard's check, and a refusal
 * ends the stream with that error. The stream ends at once when the reader leaves, even while it waits: `make` has to
 * honour its signal wherever it waits.
 */
export class LiveStream<T> implements AsyncGenerator<T, void, undefined> {
  private readonly ending = new AbortController();
  private readonly source: AsyncGenerator<T, void, undefined>;
  private refusal: { readonly error: unknown } | null = null;

  constructor(make: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>, guard: Guard) {
    this.source = make(this.ending.signal);
    watchAccess(guard, this.ending.signal, (error) => {
      this.refusal = { error };
      this.ending.abort();
    });
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
    this.ending.abort();
  }
}
