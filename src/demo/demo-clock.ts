import type { Instant } from "../kernel/instant";

/** Can be set, so that a past can be lived through in a moment. */
export interface DemoClock {
  now: Instant;
}
