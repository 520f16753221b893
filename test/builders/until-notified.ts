import { setTimeout as sleep } from "node:timers/promises";

/** Less than the five seconds after which a replica would ask again by itself, so that it has to have been told. */
const PATIENCE_MS = 4_000;
const ASK_EVERY_MS = 20;

/**
 * Asks again and again until the answer is that, as once a notification of the database has come; answers the last one.
 */
export async function untilNotified<T>(ask: () => Promise<T>, expected: T): Promise<T> {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(ASK_EVERY_MS)) {
    const answer = await ask();
    if (answer === expected || performance.now() > until) return answer;
  }
}
