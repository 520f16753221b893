import type { Instant } from "../kernel/instant";

/** Can be set, so that months of history are made in a moment. */
export interface DemoClock {
  now: Instant;
}
