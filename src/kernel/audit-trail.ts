import type { AuditEntry } from "./audit-entry";

/** The record of every accepted change. An entry is written in the same transaction as its change. */
export interface AuditTrail {
  add(entry: AuditEntry): Promise<void>;
}

/** The record of what was refused: bounded, written beside the request, and lost where the database is out of reach. */
export interface RefusalTrail {
  note(entry: AuditEntry): void;
}
