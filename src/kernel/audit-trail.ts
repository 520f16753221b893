import type { AuditEntry } from "./audit-entry";

/** The record of every accepted change. Lines are written in the transaction of what they tell. */
export interface AuditTrail {
  add(entry: AuditEntry): Promise<void>;
}
