import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { requireFit } from "../../../src/commands/database";
import { connectionSettings } from "../../../src/infrastructure/postgres/connection-settings";
import { SessionClient } from "../../../src/infrastructure/postgres/session-client";
import { withTlsMode } from "../../../src/infrastructure/postgres/tls-mode";
import { administer, createTestDatabase, type TestDatabase } from "../../world/database";

let database: TestDatabase;
beforeEach(async () => void (database = await createTestDatabase({ poolSize: 1 })));
afterEach(() => database.drop());

const asConfigured = (url: string) => ({ url, embedded: null, stop: async () => undefined });

test("a database of its own is fit", async () => {
  await expect(requireFit(asConfigured(database.url))).resolves.toBeUndefined();
});

test("a read-only database is refused at the start", async () => {
  await administer(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_read_only = on`);
  await expect(requireFit(asConfigured(database.url))).rejects.toThrow(
    /cannot be used: it is read-only, as default_transaction_read_only/,
  );
});

test("a pooler that shares sessions is refused at the start", async () => {
  // Two connections of one client library that answer from one session, as in transaction pooling.
  const shared = new SessionClient(connectionSettings(database.url, "commands"));
  await shared.connect();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by apply
  const real = SessionClient.prototype.query as unknown as (...args: unknown[]) => unknown;
  const query = jest
    .spyOn(SessionClient.prototype as unknown as { query: typeof real }, "query")
    .mockImplementation((...args) => real.apply(shared, args));
  try {
    await expect(requireFit(asConfigured(database.url))).rejects.toThrow(
      /does not give each connection a session of its own.*pool_mode = session/,
    );
  } finally {
    query.mockRestore();
    await shared.end();
  }
});

test("a database that is out of reach is named without its password", async () => {
  const failed = await requireFit(asConfigured("postgres://someone:hunter2@127.0.0.1:1/nowhere")).catch(
    (error: Error) => error.message,
  );
  expect(failed).toMatch(/^The database 127.0.0.1:1\/nowhere cannot be reached/);
  expect(failed).not.toContain("hunter2");
});

describe("sslmode=prefer", () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** Returns a request for TLS with one letter. */
  async function answering(letter: string): Promise<string> {
    const server = createServer((socket: Socket) =>
      socket.once("data", () => socket.end(letter)).on("error", () => undefined),
    ).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `postgres://u:p%40ss@127.0.0.1:${(server.address() as AddressInfo).port}/db`;
  }

  test.each([
    ["S", "no-verify"],
    ["N", "disable"],
  ])("where the server answers %s: %s", async (letter, mode) => {
    const url = await answering(letter);
    for (const given of ["prefer", "allow"])
      expect(await withTlsMode(`${url}?sslmode=${given}`)).toBe(`${url}?sslmode=${mode}`);
  });

  test("other modes are left as they are, without a connection", async () => {
    for (const query of ["", "?sslmode=verify-full", "?sslmode=disable"]) {
      expect(await withTlsMode(`postgres://u:p@127.0.0.1:1/db${query}`)).toBe(`postgres://u:p@127.0.0.1:1/db${query}`);
    }
  });

  test("a server that closes without an answer is an error, and nothing is waited for", async () => {
    await expect(withTlsMode(`${await answering("")}?sslmode=prefer`)).rejects.toThrow(/asked for TLS/);
  });
});
