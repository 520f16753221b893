import { isNativeError } from "node:util/types";
import type { Logger } from "pino";
import { Outage, type OutageKind } from "../../kernel/outage";
import type { Unavailable } from "../../kernel/errors";

/** Returns true once the outage is over. */
export type OutageProbe = () => Promise<boolean>;

const PROBE_EVERY_MS = 2_000;
/** An outage without a probe is over when no request has met it for this long. */
const QUIET_MS = 30_000;

interface Going {
  readonly sinceMs: number;
  lastMs: number;
  refused: number;
}

/**
 * Logs an outage once at its start and once at its end, however many requests are refused because of it. Other
 * `Unavailable` errors are logged each time.
 */
export class OutageLog {
  private readonly going = new Map<OutageKind, Going>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly log: Pick<Logger, "info" | "warn">,
    private readonly probes: Partial<Readonly<Record<OutageKind, OutageProbe>>> = {},
    private readonly times = { probeEveryMs: PROBE_EVERY_MS, quietMs: QUIET_MS },
  ) {}

  report(error: Unavailable, requestId: string): void {
    if (!(error instanceof Outage))
      return this.log.warn({ err: error, requestId }, "something that this service relies on cannot be used");
    const nowMs = Date.now();
    const going = this.going.get(error.kind);
    if (going !== undefined) {
      going.refused++;
      going.lastMs = nowMs;
      return;
    }
    const reason = isNativeError(error.cause) ? error.cause.message : undefined;
    this.log.warn(
      { outage: error.kind, reason, requestId },
      "requests are refused for the time being; one line follows when this is over",
    );
    this.going.set(error.kind, { sinceMs: nowMs, lastMs: nowMs, refused: 1 });
    this.lookLater(error.kind);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private lookLater(kind: OutageKind): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.look(kind);
    }, this.times.probeEveryMs).unref();
    this.timers.add(timer);
  }

  private async look(kind: OutageKind): Promise<void> {
    const going = this.going.get(kind);
    if (going === undefined) return;
    const probe = this.probes[kind];
    const over =
      probe === undefined ? Date.now() - going.lastMs >= this.times.quietMs : await probe().catch(() => false);
    if (!over) return this.lookLater(kind);
    this.going.delete(kind);
    this.log.info(
      { outage: kind, refused: going.refused, outageMs: Date.now() - going.sinceMs },
      "requests are served again",
    );
  }
}
