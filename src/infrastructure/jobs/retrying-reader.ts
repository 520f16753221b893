import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { backOffMs } from "../../kernel/back-off";

/** Retries a read until it succeeds. Logs an outage once at its start and once at its end. */
export class RetryingReader {
  private failures = 0;

  /** @param what names the data in log messages: the beginning of a sentence, in the plural */
  constructor(
    private readonly log: Pick<Logger, "info" | "warn">,
    private readonly what: string,
    private readonly backOff: (failures: number) => number = (failures) => backOffMs(failures, null),
  ) {}

  /** Returns null once the signal is aborted. */
  async read<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | null> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const answer = await read();
        if (this.failures > 0) this.log.info(`${this.what} can be read again`);
        this.failures = 0;
        return answer;
      } catch (error) {
        failures += 1;
        if (this.failures === 0) this.log.warn({ err: error }, `${this.what} cannot be read now; trying again`);
        this.failures += 1;
        await sleep(this.backOff(failures), undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
    return null;
  }
}
