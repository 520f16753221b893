import type { Socket } from "node:net";
import { Client, type ClientConfig, type Pool, type QueryResult } from "pg";
import type { ConnectionSettings } from "./connection-settings";

/** pg's own `query`, not the one that prepares statements: the settings are applied once per connection. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound where it is called
const plainQuery = Client.prototype.query as (this: Client, text: string) => Promise<QueryResult>;

const READ_ONLY_TRANSACTION = "25006";

type Connected = (error: Error | null) => void;

/**
 * A pg client with the settings of `connectionSettings`: `connect` resolves once the server has applied them. If a
 * statement is not answered within `silenceMs`, the connection is closed and its statements fail. This also ends waits
 * on connections that the network has dropped silently.
 */
export class SessionClient extends Client {
  private readonly session: ConnectionSettings["session"];
  private readonly silenceMs: number;
  /** Whether the server has refused a change as read-only. After a failover the address may lead to another server. */
  isStale = false;

  constructor(config: string | ClientConfig | ConnectionSettings = {}) {
    super(config);
    const { session = {}, silenceMs = 0 } = typeof config === "string" ? {} : (config as Partial<ConnectionSettings>);
    this.session = session;
    this.silenceMs = silenceMs;
    // The statements of a broken connection fail by themselves; an `error` event without a listener would end the
    // process.
    this.on("error", () => undefined);
    this.connection.on("errorMessage", ({ code }: { readonly code?: string }) => {
      if (code === READ_ONLY_TRANSACTION) this.isStale = true;
    });
  }

  override connect(): Promise<this>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<this> | void {
    const connecting = this.open();
    if (callback === undefined) return connecting;
    connecting.then(
      () => callback(null),
      (error: Error) => callback(error),
    );
  }

  private async open(): Promise<this> {
    await super.connect();
    this.closeWhenSilent();
    try {
      await this.applySettings();
    } catch (error) {
      await this.end().catch(() => undefined);
      throw error;
    }
    return this;
  }

  private closeWhenSilent(): void {
    if (this.silenceMs === 0) return;
    const stream = this.connection.stream as Socket;
    // The socket's own timer costs next to nothing, unlike a timer for each statement.
    stream.setTimeout(this.silenceMs, () => {
      if (!this.isIdle) stream.destroy(new ConnectionSilent(this.silenceMs));
    });
  }

  private get isIdle(): boolean {
    return (this as unknown as { readonly readyForQuery: boolean }).readyForQuery;
  }

  private async applySettings(): Promise<void> {
    const settings = Object.entries(this.session);
    if (settings.length === 0) return;
    const calls = settings.map(([name, value]) => `set_config('${name}', '${value}', false)`);
    await plainQuery.call(this, `SELECT ${calls.join(", ")}`);
  }
}

/** Closes connections to a read-only database when they return to the pool, so that the next one is new. */
export function closeStaleConnections(pool: Pool): void {
  pool.on("release", (_error, client) => {
    if (client instanceof SessionClient && client.isStale) void client.end().catch(() => undefined);
  });
}

/** The server, or the network before it, has not answered a statement in time. */
class ConnectionSilent extends Error {
  readonly code = "ETIMEDOUT";

  constructor(silenceMs: number) {
    super(`The database has not answered for ${silenceMs / 1_000} s`);
    this.name = new.target.name;
  }
}
