import { LRUCache } from "lru-cache";
import type { AuditEntry } from "../../../kernel/audit-entry";
import type { AuditTrail, RefusalTrail } from "../../../kernel/audit-trail";
import type { UnitOfWork } from "../../../kernel/unit-of-work";

/** The same refusal leaves one line in this time. */
const ONCE_IN_MS = 10 * 60_000;
const MAX_REMEMBERED = 5_000;
const MINUTE_MS = 60_000;
/** Of one process, for all refusals together. */
export const MAX_REFUSALS_PER_MINUTE = 60;

/**
 * Audit lines of what was refused. They are written beside the request, whose transaction is rolled back, and few
 * enough that nobody can fill the trail: the same refusal of the same caller once in ten minutes, and 60 a minute of
 * each process.
 */
export class BoundedRefusals implements RefusalTrail {
  private readonly noted: LRUCache<string, true>;
  private minute = { beganMs: 0, count: 0 };

  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<{ readonly audit: AuditTrail }>;
      readonly nowMs: () => number;
      readonly failed: (error: unknown) => void;
    },
  ) {
    this.noted = new LRUCache({ max: MAX_REMEMBERED, ttl: ONCE_IN_MS, perf: { now: deps.nowMs }, ttlResolution: 0 });
  }

  note(entry: AuditEntry): void {
    const { actor, action, object, details } = entry;
    const key = JSON.stringify([action, actor.id, actor.request?.address, object.type, object.id, details]);
    if (this.noted.has(key) || !this.hasRoom()) return;
    this.noted.set(key, true);
    this.deps.unitOfWork.run(({ audit }) => audit.add(entry)).catch((error: unknown) => this.deps.failed(error));
  }

  private hasRoom(): boolean {
    const nowMs = this.deps.nowMs();
    if (nowMs - this.minute.beganMs >= MINUTE_MS) this.minute = { beganMs: nowMs, count: 0 };
    return ++this.minute.count <= MAX_REFUSALS_PER_MINUTE;
  }
}
