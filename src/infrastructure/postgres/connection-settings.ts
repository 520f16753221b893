import type { ClientConfig } from "pg";

/** Time limits of a session in milliseconds; 0 sets no limit. */
interface SessionLimits {
  readonly statementMs: number;
  /** Max time of one wait for a lock. */
  readonly lockMs: number;
  /** Max time between two statements of a transaction. */
  readonly idleInTransactionMs: number;
  /** A connection that owes an answer and sends nothing for this long counts as lost. Longer than `statementMs`. */
  readonly silenceMs: number;
}

const PROFILES = {
  /** Statements that a caller waits for. */
  requests: { name: "retrograde", statementMs: 12_000, lockMs: 4_000, idleInTransactionMs: 30_000, silenceMs: 14_000 },
  /** graphile-worker's own statements. */
  jobs: {
    name: "retrograde-jobs",
    statementMs: 60_000,
    lockMs: 30_000,
    idleInTransactionMs: 30_000,
    silenceMs: 70_000,
  },
  /** Transactions that wait for another system, which answers within 30 s, and large deletions. */
  background: {
    name: "retrograde-background",
    statementMs: 600_000,
    lockMs: 10_000,
    idleInTransactionMs: 60_000,
    silenceMs: 660_000,
  },
  /** LISTEN: idle almost all the time. */
  listen: {
    name: "retrograde-access",
    statementMs: 12_000,
    lockMs: 4_000,
    idleInTransactionMs: 30_000,
    silenceMs: 14_000,
  },
  /** Waits for advisory locks without a limit. */
  liveness: { name: "retrograde-liveness", statementMs: 0, lockMs: 0, idleInTransactionMs: 30_000, silenceMs: 0 },
  /** Work on whole tables, started by an operator who can see how long it takes. */
  commands: {
    name: "retrograde-command",
    statementMs: 600_000,
    lockMs: 30_000,
    idleInTransactionMs: 600_000,
    silenceMs: 660_000,
  },
  /** Rewrites tables. Migrations set their own limits for locks. */
  migrations: { name: "retrograde-migrations", statementMs: 0, lockMs: 0, idleInTransactionMs: 0, silenceMs: 0 },
} as const satisfies Record<string, SessionLimits & { readonly name: string }>;

/** The purpose of a connection, which sets its time limits and its name in pg_stat_activity. */
export type ConnectionPurpose = keyof typeof PROFILES;

/** Max time to connect; in a pool also the max wait for a free connection. */
const CONNECT_WITHIN_MS = 10_000;
const KEEPALIVE_IDLE_SECONDS = 10;
const KEEPALIVE_INTERVAL_SECONDS = 5;
const KEEPALIVE_COUNT = 3;
/** How long the server keeps a session whose client acknowledges nothing. */
const UNACKNOWLEDGED_MS = 30_000;

export interface ConnectionSettings extends ClientConfig {
  readonly connectionString: string;
  /** Set by `SessionClient` on each new connection. */
  readonly session: Readonly<Record<string, string>>;
  readonly silenceMs: number;
}

/**
 * The settings of every connection that this service opens.
 *
 * Poolers such as PgBouncer refuse or drop startup parameters that they do not know. Only `application_name`, which
 * they know, is passed as one; all others are set by a statement on the new connection. They override the settings of
 * the database and the role, so that a stricter isolation or another time zone there has no effect.
 */
export function connectionSettings(url: string, purpose: ConnectionPurpose): ConnectionSettings {
  const { name, statementMs, lockMs, idleInTransactionMs, silenceMs } = PROFILES[purpose];
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_IDLE_SECONDS * 1_000,
    silenceMs,
    session: {
      TimeZone: "UTC",
      DateStyle: "ISO, MDY",
      default_transaction_isolation: "read committed",
      statement_timeout: `${statementMs}`,
      lock_timeout: `${lockMs}`,
      idle_in_transaction_session_timeout: `${idleInTransactionMs}`,
      tcp_keepalives_idle: `${KEEPALIVE_IDLE_SECONDS}`,
      tcp_keepalives_interval: `${KEEPALIVE_INTERVAL_SECONDS}`,
      tcp_keepalives_count: `${KEEPALIVE_COUNT}`,
      tcp_user_timeout: `${UNACKNOWLEDGED_MS}`,
    },
  };
}
