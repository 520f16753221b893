import { isNativeError } from "node:util/types";
import { DomainError, Unavailable } from "../domain/errors";
import { sqlStateOf } from "../db/sql-state";
import { fileOutage, type FileOutage } from "../files/file-errors";

/** What cannot be used, as the word for it in the log. */
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
 * The database or the data folder cannot be used at present. A change may have been carried out where a connection
 * broke.
 */
export class Outage extends Unavailable {
  constructor(
    readonly kind: OutageKind,
    { message = SAID[kind].message, cause }: { readonly message?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause, retryAfterSeconds: SAID[kind].retryAfterSeconds });
  }
}

/**
 * The error as the caller is to get it: outages of the database and the data folder as `Outage`, all others as they
 * are.
 */
export function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const kind = outageKindOf(error);
  return kind === null ? error : new Outage(kind, { cause: error });
}

/** Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQL_STATES: readonly (readonly [pattern: RegExp, kind: OutageKind])[] = [
  [/^53[12]/, "DATABASE_FULL"],
  [/^(08|53|57P0)/, "DATABASE_AWAY"],
  [/^(57014|25P03|25P04|57P05)$/, "DATABASE_SLOW"],
  [/^25006$/, "DATABASE_READ_ONLY"],
  [/^55P03$/, "LOCKED"],
  [/^(40001|40P01)$/, "CONTENDED"],
];

const SYSTEM_CODES: Readonly<Record<string, OutageKind>> = {
  ECONNREFUSED: "DATABASE_AWAY",
  ECONNRESET: "DATABASE_AWAY",
  EPIPE: "DATABASE_AWAY",
  EHOSTUNREACH: "DATABASE_AWAY",
  ENETUNREACH: "DATABASE_AWAY",
  ENETDOWN: "DATABASE_AWAY",
  EHOSTDOWN: "DATABASE_AWAY",
  ENOTFOUND: "DATABASE_AWAY",
  EAI_AGAIN: "DATABASE_AWAY",
  ETIMEDOUT: "DATABASE_SLOW",
};

const FILE_OUTAGES: Readonly<Partial<Record<FileOutage["kind"], OutageKind>>> = {
  full: "DATA_FOLDER_FULL",
  "not writable": "DATA_FOLDER_NOT_WRITABLE",
};

/** What pg and pg-pool say of connections, which have no code. */
const CONNECTION_MESSAGES: readonly (readonly [pattern: RegExp, kind: OutageKind])[] = [
  [/^Connection terminated|^Client has encountered a connection error|^Client was closed/, "DATABASE_AWAY"],
  [/^timeout exceeded when trying to connect|^timeout expired$|^Query read timeout/, "DATABASE_SLOW"],
];

function outageKindOf(error: unknown): OutageKind | null {
  for (const one of causesOf(error)) {
    const state = sqlStateOf(one) ?? "";
    const known =
      SQL_STATES.find(([pattern]) => pattern.test(state)) ??
      CONNECTION_MESSAGES.find(([pattern]) => pattern.test(one.message));
    const kind =
      known?.[1] ??
      (Object.hasOwn(SYSTEM_CODES, state) ? SYSTEM_CODES[state] : FILE_OUTAGES[fileOutage(one)?.kind ?? "unusable"]);
    if (kind !== undefined) return kind;
  }
  return null;
}

const MAX_DEPTH = 5;

/** The error, what it wraps, and of several at once (one for each address of a host) all. */
function causesOf(error: unknown, depth = 0): Error[] {
  if (!isNativeError(error) || depth > MAX_DEPTH) return [];
  // graphql-js wraps errors of another realm, such as those of Node itself in a test, into one with `thrownValue`.
  const { errors, thrownValue } = error as Partial<AggregateError> & { readonly thrownValue?: unknown };
  const wrapped: readonly unknown[] = [
    error.cause,
    thrownValue,
    ...(Array.isArray(errors) ? (errors as unknown[]) : []),
  ];
  return [error, ...wrapped.flatMap((one) => causesOf(one, depth + 1))];
}
