import { connectionSettings } from "./connection-settings";
import { READ_ONLY } from "./database-state";
import { SessionClient } from "./session-client";

const ROUNDS = 3;

/** The configuration of the database, or of the pooler in front of it, does not suit this service. */
export class UnfitDatabase extends Error {}

/**
 * Rejects databases on which the service would fail later, or at random.
 * @throws UnfitDatabase saying what to change
 */
export async function checkServer(url: string): Promise<void> {
  const first = new SessionClient(connectionSettings(url, "commands"));
  const second = new SessionClient(connectionSettings(url, "commands"));
  try {
    await first.connect();
    await second.connect();
    await requireOwnSessions(first, second);
    await requireTimeZone(first);
    await requireWritable(first);
  } finally {
    await Promise.all([first.end().catch(() => undefined), second.end().catch(() => undefined)]);
  }
}

/** With a pooler in transaction mode two idle connections share one session, or one connection uses several. */
async function requireOwnSessions(first: SessionClient, second: SessionClient): Promise<void> {
  const seen = { first: new Set<number>(), second: new Set<number>() };
  for (let round = 0; round < ROUNDS; round++) {
    // Asks twice in a row, so that a pooler that rotates its sessions is detected as well.
    seen.first.add(await backendOf(first)).add(await backendOf(first));
    seen.second.add(await backendOf(second));
  }
  const [own] = seen.first;
  if (seen.first.size === 1 && seen.second.size === 1 && own !== undefined && !seen.second.has(own)) return;
  throw new UnfitDatabase(
    "a pooler stands before it that does not give each connection a session of its own (transaction or statement pooling); set pool_mode = session for this database, or connect to Postgres itself",
  );
}

async function requireTimeZone(client: SessionClient): Promise<void> {
  const { rows } = await client.query<{ timeZone: string; dateStyle: string }>(
    `SELECT current_setting('TimeZone') AS "timeZone", current_setting('DateStyle') AS "dateStyle"`,
  );
  const { timeZone, dateStyle } = rows[0] ?? { timeZone: "", dateStyle: "" };
  if (timeZone === "UTC" && dateStyle.startsWith("ISO")) return;
  throw new UnfitDatabase(
    `its sessions run in the time zone ${timeZone} with the date style ${dateStyle}, although UTC and ISO were set; a pooler loses session settings`,
  );
}

async function requireWritable(client: SessionClient): Promise<void> {
  const { rows } = await client.query<{ readOnly: boolean; standby: boolean }>(
    `SELECT ${READ_ONLY} AS "readOnly", pg_is_in_recovery() AS standby`,
  );
  if (rows[0]?.readOnly !== true) return;
  throw new UnfitDatabase(
    rows[0].standby
      ? "it is read-only, as it is a standby; name the address of the primary, or promote it"
      : "it is read-only, as default_transaction_read_only is on for the server, the database or the role",
  );
}

const backendOf = async (client: SessionClient): Promise<number> => {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid ?? 0;
};
