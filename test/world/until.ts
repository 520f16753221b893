import { setTimeout as sleep } from "node:timers/promises";

/** Looks until it holds. @throws Error with what was seen last */
export async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean, patienceMs = 60_000): Promise<T> {
  for (const end = Date.now() + patienceMs; ; await sleep(25)) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`it stays at ${JSON.stringify(seen)}`);
  }
}
