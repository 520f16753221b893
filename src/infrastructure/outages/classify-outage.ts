import { isNativeError } from "node:util/types";
import { DomainError } from "../../kernel/errors";
import { Outage, type OutageKind } from "../../kernel/outage";
import { sqlStateOf } from "../postgres/sql-state";
import { fileOutage, type FileOutage } from "../files/file-errors";

/**
 * Returns the error for the caller: an outage of the database or the data folder as `Outage`, any other error
 * unchanged.
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
  ERR_STREAM_DESTROYED: "DATABASE_AWAY",
};

const FILE_OUTAGES: Readonly<Partial<Record<FileOutage["kind"], OutageKind>>> = {
  full: "DATA_FOLDER_FULL",
  "not writable": "DATA_FOLDER_NOT_WRITABLE",
};

/**
 * Messages of pg, pg-pool and TypeORM about connections, which have no code. TypeORM releases the query runner of a
 * connection that broke.
 */
const CONNECTION_MESSAGES: readonly (readonly [pattern: RegExp, kind: OutageKind])[] = [
  [/^Connection terminated|^Client has encountered a connection error|^Client was closed/, "DATABASE_AWAY"],
  [/^Query runner already released/, "DATABASE_AWAY"],
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

/** The error and all errors that it wraps, including several at once (one for each address of a host). */
function causesOf(error: unknown, depth = 0): Error[] {
  if (!isNativeError(error) || depth > MAX_DEPTH) return [];
  // graphql-js wraps errors of another realm, such as Node's own errors in a test, into one with `thrownValue`.
  const { errors, thrownValue } = error as Partial<AggregateError> & { readonly thrownValue?: unknown };
  const wrapped: readonly unknown[] = [
    error.cause,
    thrownValue,
    ...(Array.isArray(errors) ? (errors as unknown[]) : []),
  ];
  return [error, ...wrapped.flatMap((one) => causesOf(one, depth + 1))];
}
