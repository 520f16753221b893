import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from "graphql";

/** A subscription was ended by errors. */
export class StreamBroken extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message ?? "");
  }
}

type Format = (errors: readonly unknown[]) => readonly GraphQLFormattedError[];

/**
 * The results of a subscription in the form for clients. It throws `StreamBroken` if the source throws. It is not a
 * generator function, since a generator cannot be ended while it waits.
 */
export class FormattedStream implements AsyncGenerator<FormattedExecutionResult, void, undefined> {
  private readonly events: AsyncIterator<unknown>;

  constructor(
    source: AsyncIterable<unknown>,
    private readonly tell: (event: unknown) => Promise<ExecutionResult>,
    private readonly format: Format,
  ) {
    this.events = source[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<FormattedExecutionResult, void>> {
    try {
      const event = await this.events.next();
      if (event.done === true) return { done: true, value: undefined };
      return { done: false, value: this.present(await this.tell(event.value)) };
    } catch (error) {
      throw new StreamBroken(this.format([error]));
    }
  }

  async return(): Promise<IteratorResult<FormattedExecutionResult, void>> {
    await this.events.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<FormattedExecutionResult, void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private present({ errors, data }: ExecutionResult): FormattedExecutionResult {
    return { ...(errors !== undefined && { errors: this.format(errors) }), ...(data !== undefined && { data }) };
  }
}
