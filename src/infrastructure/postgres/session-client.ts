import type { Socket } from "node:net";
import { Client, type ClientConfig, type Pool, type QueryResult } from "pg";
import type { ConnectionSettings } from "./connection-settings";

/** Of pg itself, and not of the class that prepares statements: the settings are made once. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound where it is called
const plainQuery = Client.prototype.query as (this: Client, text: string) => Promise<QueryResult>;

const READ_ONLY_TRANSACTION = "25006";

type Connected = (error: Error | null) => void;

/**
 * A pg client with the settings of `connectionSettings`: it is connected once the server has taken them. When a
 * statement is not answered within `silenceMs`, the connection is closed and its statements fail, which also ends
 * waiting on connections that a network has dropped without a word.
 */
export class SessionClient extends Client {
  private readonly session: ConnectionSettings["session"];
  private readonly silenceMs: number;
  /** Connected to a server that takes no changes: after a failover another one may stand behind the address. */
  isStale = false;

  constructor(config: string | ClientConfig | ConnectionSettings = {}) {
    super(config);
    const { session = {}, silenceMs = 0 } = typeof config === "string" ? {} : (config as Partial<ConnectionSettings>);
    this.session = session;
    this.silenceMs = silenceMs;
    // The statements of a broken connection fail by themselves; an event without a listener would end the process.
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
    // The timer of the socket costs next to nothing, other than a timer for each statement.
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

/**
 * Closes connections to a database that takes no changes when they come back to the pool, so that the next one is new.
 */
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
