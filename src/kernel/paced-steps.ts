import { setTimeout as pause } from "node:timers/promises";

/** Pause after each step, as a multiple of the step's duration. */
const PAUSE_TIMES = 3;
/** Max pause, since a step may have taken long only because it waited for other work. */
const MAX_PAUSE_MS = 1_000;

export interface Step<Position> {
  /** Number of items that the step processed. */
  readonly count: number;
  /** Where the next step starts; null after the last one. */
  readonly next: Position | null;
}

/**
 * Processes a large table in short steps with pauses, so that the database is free for other work most of the time.
 * Returns the number of items processed.
 */
export async function inPacedSteps<Position>(
  step: (from: Position | null) => Promise<Step<Position>>,
): Promise<number> {
  let total = 0;
  let from: Position | null = null;
  for (;;) {
    const startedAt = performance.now();
    const { count, next }: Step<Position> = await step(from);
    total += count;
    if (next === null) return total;
    from = next;
    await pause(Math.min((performance.now() - startedAt) * PAUSE_TIMES, MAX_PAUSE_MS));
  }
}
