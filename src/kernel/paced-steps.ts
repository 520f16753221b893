import { setTimeout as pause } from "node:timers/promises";

/** Pause after each step, as a multiple of the step's duration. */
const PAUSE_TIMES = 3;
/** However long a step had to wait for others, the next comes after this at the latest. */
const MAX_PAUSE_MS = 1_000;

export interface Step<Position> {
  /** How many things it did. */
  readonly count: number;
  /** Where the next one goes on; null behind the last. */
  readonly next: Position | null;
}

/**
 * Goes through a large table in short steps, and leaves the database to others most of the time. Returns how many
 * things were done.
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
