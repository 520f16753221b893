import type { Logger } from "pino";
import { inTime } from "./in-time";

export interface StopStep {
  /** For the log: "the server", "background jobs". */
  readonly name: string;
  readonly withinMs: number;
  readonly stop: () => Promise<unknown> | undefined;
}

/** Stops several things at the same time. One that fails or takes too long is logged, and holds nothing else up. */
export async function stopTogether(log: Pick<Logger, "warn">, steps: readonly StopStep[]): Promise<void> {
  await Promise.all(
    steps.map(async ({ name, withinMs, stop }) => {
      try {
        await inTime(Promise.resolve(stop()), withinMs);
      } catch (error) {
        log.warn({ err: error }, `${name} did not stop in order`);
      }
    }),
  );
}
