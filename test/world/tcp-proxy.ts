import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface TcpProxyOptions {
  /** `postgres://user:password@host:port/name`, `http://host:port` and the like. */
  readonly target: string;
}

interface Pair {
  readonly client: Socket;
  /** Null until the proxy has connected to the target. */
  server: Socket | null;
  /** Frozen and lost pairs forward nothing. Only frozen ones go on after `thaw()`. */
  state: "open" | "frozen" | "lost";
}

/**
 * A TCP proxy between the product and a server that it needs. It breaks connections in the ways in which networks do:
 *
 * - `cut()` resets every connection.
 * - `refuse()` resets every connection and accepts no new one, until `accept()`.
 * - `freeze()` forwards nothing, on new connections neither, until `thaw()`: as from a network that drops packets.
 * - `silence()` does so for good to the connections of now only; new ones work: as after a lost host.
 * - `withholdAnswers()` loses what the target answers on the connections of now: it does what it is asked, unseen.
 *
 * Connections of a frozen or silent proxy stay open on the target's side after the client has closed them.
 */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private frozen = false;
  private listener: Server | null = null;
  private port = 0;

  private constructor(private readonly target: URL) {}

  static async start({ target }: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(target));
    await proxy.accept();
    return proxy;
  }

  /** The target's URL with the proxy's address. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = "127.0.0.1";
    url.port = String(this.port);
    return url.toString();
  }

  cut(): void {
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server?.resetAndDestroy();
    }
    this.pairs.clear();
  }

  freeze(): void {
    this.frozen = true;
    this.hush("frozen");
  }

  /** What was sent meanwhile arrives now, the end of a connection too. */
  thaw(): void {
    this.frozen = false;
    for (const pair of this.pairs) {
      if (pair.state !== "frozen") continue;
      pair.state = "open";
      if (pair.server === null) this.join(pair);
      else this.forward(pair.client, pair.server);
    }
  }

  withholdAnswers(): void {
    for (const { server } of this.pairs) {
      server?.unpipe();
      server?.resume();
    }
  }

  silence(): void {
    this.hush("lost");
  }

  async refuse(): Promise<void> {
    const { listener } = this;
    this.listener = null;
    const closed = listener === null ? null : once(listener, "close");
    listener?.close();
    this.cut();
    await closed;
  }

  async accept(): Promise<void> {
    if (this.listener !== null) return;
    const listener = createServer({ noDelay: true }, (client) => this.take(client));
    this.listener = listener.listen(this.port, "127.0.0.1");
    await once(listener, "listening");
    this.port = (listener.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  private take(client: Socket): void {
    const pair: Pair = { client, server: null, state: this.frozen ? "frozen" : "open" };
    this.pairs.add(pair);
    client.pause();
    client.on("error", () => undefined);
    client.on("close", () => {
      if (pair.state === "open") pair.server?.end();
      this.forget(pair);
    });
    if (!this.frozen) this.join(pair);
  }

  private join(pair: Pair): void {
    const server = connect({ host: this.target.hostname, port: Number(this.target.port), noDelay: true });
    pair.server = server;
    server.on("error", () => undefined);
    server.on("close", () => {
      if (pair.state === "open") pair.client.end();
      this.forget(pair);
    });
    this.forward(pair.client, server);
  }

  /** Not before both sides are closed: `cut()` has to find the side that is left. */
  private forget(pair: Pair): void {
    if (pair.client.closed && pair.server?.closed !== false) this.pairs.delete(pair);
  }

  private forward(client: Socket, server: Socket): void {
    client.pipe(server);
    server.pipe(client);
  }

  private hush(state: "frozen" | "lost"): void {
    for (const pair of this.pairs) {
      if (pair.state === "open") {
        for (const socket of [pair.client, pair.server]) {
          socket?.unpipe();
          socket?.pause();
        }
      }
      pair.state = pair.state === "lost" ? "lost" : state;
    }
  }
}
