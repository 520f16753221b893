import { administer, createTestDatabase, type TestDatabase } from "../../world/database";
import { connect } from "../../../src/composition/composition-root";
import { connectionSettings, type ConnectionPurpose } from "../../../src/infrastructure/postgres/connection-settings";
import { sqlOf } from "../../../src/infrastructure/postgres/data-source";
import { SessionClient } from "../../../src/infrastructure/postgres/session-client";
import { sqlStateOf } from "../../../src/infrastructure/postgres/sql-state";

const PURPOSES: readonly ConnectionPurpose[] = [
  "requests",
  "jobs",
  "background",
  "listen",
  "liveness",
  "commands",
  "migrations",
];

/** What an operator may have set on the database or the role. */
const STRANGE = {
  timezone: "Asia/Kolkata",
  datestyle: "German, DMY",
  default_transaction_isolation: "serializable",
  statement_timeout: "7min",
};

let database: TestDatabase;

beforeAll(async () => void (database = await createTestDatabase({ poolSize: 2 })));
afterAll(() => database.drop());

const strange = async (): Promise<void> => {
  const name = new URL(database.url).pathname.slice(1);
  for (const [setting, value] of Object.entries(STRANGE))
    await administer(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
};

async function settingsOf(client: SessionClient): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; setting: string }>("SELECT name, setting FROM pg_settings");
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

test.each(PURPOSES)(
  "a connection for %s has its own limits, UTC and READ COMMITTED, whatever the database's defaults are",
  async (purpose) => {
    await strange();
    const wanted = connectionSettings(database.url, purpose);
    const client = new SessionClient(wanted);
    await client.connect();
    try {
      const settings = await settingsOf(client);
      expect(settings).toMatchObject({
        application_name: wanted.application_name,
        TimeZone: "UTC",
        DateStyle: "ISO, MDY",
        default_transaction_isolation: "read committed",
        statement_timeout: wanted.session["statement_timeout"],
        lock_timeout: wanted.session["lock_timeout"],
        idle_in_transaction_session_timeout: wanted.session["idle_in_transaction_session_timeout"],
      });
      // Unix sockets have no keepalive, and answer 0.
      if (new URL(database.url).hostname !== "") expect(settings["tcp_keepalives_idle"]).toBe("10");
    } finally {
      await client.end();
    }
  },
);

test("the pool of requests has them too, in transactions as well", async () => {
  await strange();
  const source = await connect(database.url, "requests", 1);
  try {
    const isolation = await source.transaction((manager) => sqlOf(manager).query("SHOW transaction_isolation"));
    expect(isolation).toEqual([{ transaction_isolation: "read committed" }]);
    expect(await sqlOf(source).query("SELECT timestamptz '2024-07-15T09:30:00.5Z' AS at")).toEqual([
      { at: "2024-07-15T09:30:00.500Z" },
    ]);
  } finally {
    await source.destroy();
  }
});

test("only the name is sent as a start parameter, as poolers refuse others", () => {
  const client = new SessionClient(connectionSettings(database.url, "requests")) as unknown as {
    getStartupConf(): Record<string, string>;
  };
  expect(Object.keys(client.getStartupConf()).sort()).toEqual(["application_name", "database", "user"]);
});

test("a request does not wait for a lock without an end", async () => {
  const source = await connect(database.url, "requests", 2);
  try {
    await source.transaction(async (holder) => {
      await sqlOf(holder).query("SELECT pg_advisory_xact_lock($1)", [4_711]);
      const waiting = source.transaction((manager) =>
        sqlOf(manager).query("SELECT pg_advisory_xact_lock($1)", [4_711]),
      );
      expect(sqlStateOf(await waiting.catch((error: unknown) => error))).toBe("55P03");
    });
  } finally {
    await source.destroy();
  }
});
