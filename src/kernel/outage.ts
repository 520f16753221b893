import { Unavailable } from "./errors";

/** The kind of an outage, as it is logged. */
export type OutageKind =
  | "DATABASE_AWAY"
  | "DATABASE_SLOW"
  | "DATABASE_READ_ONLY"
  | "DATABASE_FULL"
  | "LOCKED"
  | "CONTENDED"
  | "DATA_FOLDER_FULL"
  | "DATA_FOLDER_NOT_WRITABLE"
  | "TOO_SLOW";

const SAID: Readonly<Record<OutageKind, { readonly message: string; readonly retryAfterSeconds: number }>> = {
  DATABASE_AWAY: { message: "The database cannot be reached at present; try again", retryAfterSeconds: 5 },
  DATABASE_SLOW: { message: "The database did not answer in time; try again", retryAfterSeconds: 5 },
  DATABASE_READ_ONLY: {
    message: "The database takes no changes at present, as it is read-only; try again",
    retryAfterSeconds: 15,
  },
  DATABASE_FULL: { message: "The database has no room for changes at present; try again", retryAfterSeconds: 30 },
  LOCKED: { message: "Another change of the same object is under way; try again", retryAfterSeconds: 2 },
  CONTENDED: { message: "Other changes came in between too often; try again", retryAfterSeconds: 1 },
  DATA_FOLDER_FULL: { message: "There is no room left in the data folder; try again", retryAfterSeconds: 30 },
  DATA_FOLDER_NOT_WRITABLE: {
    message: "The data folder cannot be written to at present; try again",
    retryAfterSeconds: 30,
  },
  TOO_SLOW: {
    message: "The request took too long; a change may still be carried out, so look before you try again",
    retryAfterSeconds: 5,
  },
};

/**
 * The database or the data folder cannot be used at present. If a connection broke, a change may have been carried out
 * all the same.
 */
export class Outage extends Unavailable {
  constructor(
    readonly kind: OutageKind,
    { message = SAID[kind].message, cause }: { readonly message?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause, retryAfterSeconds: SAID[kind].retryAfterSeconds });
  }
}
