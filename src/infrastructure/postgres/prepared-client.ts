import { createHash } from "node:crypto";
import { Client, type QueryConfig } from "pg";
import { SessionClient } from "./session-client";

/** Max prepared statements per connection. Further ones run unprepared, so that memory is bounded. */
const MAX_PREPARED_STATEMENTS = 500;

const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MAX_PREPARED_STATEMENTS) return undefined;
  const name = createHash("sha1").update(text).digest("base64url");
  names.set(text, name);
  return name;
}

type QueryArguments = [textOrConfig: unknown, values?: unknown, callback?: unknown];

/**
 * A pg client that prepares every statement with parameters on its first use in a connection, so that Postgres parses
 * it once. It also sends statements that are issued at the same time in one write. TypeORM itself never names its
 * statements; doing so in the client benefits repositories, query builders and hand-written SQL alike.
 *
 * A statement's text has to be constant (values as parameters): texts with values in them would fill the table of
 * names. Statements beyond the limit still run, only unprepared.
 */
export class PreparedClient extends SessionClient {}

// Assigned instead of declared: `Client.query` has a dozen overloads, which all pass through unchanged.
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound at each call below
const send = Client.prototype.query as unknown as (this: Client, ...args: QueryArguments) => unknown;
Object.defineProperty(PreparedClient.prototype, "query", {
  configurable: true,
  writable: true,
  value: function query(this: Client, ...[text, values, callback]: QueryArguments): unknown {
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    if (typeof text === "string" && Array.isArray(values) && values.length > 0) {
      const name = nameOf(text);
      if (name !== undefined) {
        return send.call(this, { name, text, values } satisfies QueryConfig, callback);
      }
    }
    return send.call(this, text, values, callback);
  },
});
