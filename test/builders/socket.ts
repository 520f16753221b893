import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, type ClientOptions } from "ws";

export interface Message {
  readonly type: string;
  readonly id?: unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- payloads are as varied as the operations
  readonly payload?: any;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Where a server that listens takes sockets. */
export const socketUrl = ({ app }: { app: { server: { address(): AddressInfo | string | null } } }): string =>
  `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/ws`;

const open = new Set<WebSocket>();

/** Ends whatever a test has left open. */
export function closeSockets(): void {
  for (const socket of open) socket.terminate();
  open.clear();
}

/** A client that knows no protocol: it sends text as given and keeps every message that comes. */
export class RawSocket {
  readonly messages: Message[] = [];
  readonly closed: Promise<Closed>;
  private wake: () => void = () => undefined;
  private ended: Closed | null = null;

  private constructor(readonly socket: WebSocket) {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as Message);
      this.wake();
    });
    this.closed = new Promise((resolve) =>
      socket.on("close", (code, reason) => {
        this.ended = { code, reason: reason.toString() };
        open.delete(socket);
        resolve(this.ended);
        this.wake();
      }),
    );
  }

  /** With the handshake of the `astro` CLI unless told otherwise. */
  static async connect(
    url: string,
    protocol: string | string[] = "graphql-ws",
    options: ClientOptions = {},
  ): Promise<RawSocket> {
    const raw = new RawSocket(new WebSocket(url, protocol, options));
    await once(raw.socket, "open");
    return raw;
  }

  send(...messages: (string | object)[]): void {
    for (const message of messages) this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Waits until a message is there for which it holds; answers that one. */
  async until(holds: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(holds);
      if (found !== undefined) return found;
      if (this.ended !== null)
        throw new Error(`closed with ${this.ended.code} ${this.ended.reason}; got ${JSON.stringify(this.messages)}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  untilType = (type: string): Promise<Message> => this.until((message) => message.type === type);

  get types(): string[] {
    return this.messages.map(({ type }) => type);
  }
}
