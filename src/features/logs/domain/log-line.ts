import type { Instant } from "../../../kernel/instant";

/** One line in the log of a Deployment. */
export interface LogLine {
  /** A UUIDv7. Also the id of the document in Elasticsearch, so sending a line twice stores it once. */
  readonly id: string;
  readonly deploymentId: string;
  readonly workspaceId: string;
  readonly releaseName: string;
  readonly component: string;
  readonly message: string;
  /** The content of the message as fields to search by: event, revision ids, actor, from and to versions. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly createdAt: Instant;
}

/** A line without an id; the store assigns it. */
export type NewLogLine = Omit<LogLine, "id">;

/** The component of our own lines, beside the collected ones: scheduler, webserver, airflow-downgrade … */
export const DEPLOY_ROLLBACK = "deploy-rollback";

/**
 * A line as Elasticsearch keeps it. The names at the top level are those of the platform's log collectors, which write
 * to the same indices. Fields of our own stand under `retrograde`, so that they clash with none of those.
 */
export interface LogDocument {
  readonly "@timestamp": Instant;
  readonly date_nano: Instant;
  readonly component: string;
  readonly workspace: string;
  readonly release: string;
  readonly message: string;
  readonly retrograde: {
    readonly lineId: string;
    readonly deploymentId: string;
    readonly fields: Readonly<Record<string, unknown>>;
  } & Readonly<Partial<Record<(typeof NUMBERS)[number], number>>>;
}

/** The fields that are kept as numbers too, so that they can be searched by range. */
export const NUMBERS = ["revisionNumber", "fromRevisionNumber", "toRevisionNumber", "supersededBy"] as const;

const numbersOf = (fields: LogLine["fields"]): Partial<Record<(typeof NUMBERS)[number], number>> =>
  Object.fromEntries(NUMBERS.flatMap((name) => (typeof fields[name] === "number" ? [[name, fields[name]]] : [])));

export function toDocument(line: LogLine): LogDocument {
  return {
    "@timestamp": line.createdAt,
    date_nano: line.createdAt,
    component: line.component,
    workspace: line.workspaceId,
    release: line.releaseName,
    message: line.message,
    retrograde: { lineId: line.id, deploymentId: line.deploymentId, ...numbersOf(line.fields), fields: line.fields },
  };
}

/**
 * `<prefix>.<releaseName>.<YYYY.MM.DD>`, the day in UTC on which the line was written. It depends on the line
 * alone: a line sent again after midnight must meet its first copy.
 */
export function indexName(prefix: string, line: Pick<LogLine, "releaseName" | "createdAt">): string {
  const day = line.createdAt.slice(0, "YYYY-MM-DD".length).replaceAll("-", ".");
  return `${prefix}.${line.releaseName}.${day}`;
}

/**
 * The text without what Postgres cannot hold: NUL and halves of surrogate pairs become U+FFFD. Output of other
 * programs may contain both, and a log line must not fail the transaction that it tells of.
 */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u{FFFD}").replace(/\p{Surrogate}/gu, "\u{FFFD}");
}

/** JSON whose texts Postgres can hold. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "string" ? storable(inner) : inner));
