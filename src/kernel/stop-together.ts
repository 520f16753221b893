import type { Logger } from "pino";
import { inTime } from "./in-time";

export interface StopStep {
  /** For the log: "the server", "background jobs". */
  readonly name: string;
  readonly withinMs: number;
  readonly stop: () => Promise<unknown> | undefined;
}

/** Runs all steps at the same time. A step that fails or takes too long is logged, and does not delay the others. */
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
