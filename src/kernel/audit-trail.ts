import type { AuditEntry } from "./audit-entry";

/** The record of every accepted change. An entry is written in the same transaction as its change. */
export interface AuditTrail {
  add(entry: AuditEntry): Promise<void>;
}
