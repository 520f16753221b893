import { connect, type Socket } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const OK = Buffer.from("HTTP/1.1 200 ");
/** How an answer without errors begins: errors come first wherever there are some. */
const DATA = Buffer.from('{"data":{');

/**
 * One kept-alive connection, one request at a time. Knows just enough HTTP for the two servers, so that the
 * load generator takes little of the processors that they share.
 */
export class Connection {
  private received: Buffer[] = [];
  private length = 0;
  private expected = 0;
  private done: ((ok: boolean) => void) | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    // Tells the caller that no answer will come; otherwise the run would never end.
    socket.on("error", () => undefined).on("close", () => this.settle(false));
  }

  static open({ hostname, port }: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.once("error", reject);
      socket.once("connect", () => resolve(new Connection(socket)));
    });
  }

  /** Calls `done` with whether the answer was data without errors; with false if the connection is closed first. */
  send(request: Buffer, done: (ok: boolean) => void): void {
    if (this.socket.destroyed) return void setImmediate(done, false);
    this.received = [];
    this.length = 0;
    this.expected = 0;
    this.done = done;
    this.socket.write(request);
  }

  /** The body of the answer received last. */
  lastBody(): string {
    const answer = Buffer.concat(this.received);
    return answer.subarray(answer.indexOf(HEAD_END) + HEAD_END.length).toString("utf8");
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received.push(chunk);
    this.length += chunk.length;
    if (this.expected === 0) this.expected = this.lengthFromHead();
    if (this.expected > 0 && this.length >= this.expected) this.finish();
  }

  /** Of head and body together; 0 while the head is not all there. */
  private lengthFromHead(): number {
    if (this.received.length > 1) this.received = [Buffer.concat(this.received)];
    const [start] = this.received;
    const headEnd = start?.indexOf(HEAD_END) ?? -1;
    if (start === undefined || headEnd === -1) return 0;
    const found = /\r\ncontent-length: *(\d+)/i.exec(start.toString("latin1", 0, headEnd));
    if (found === null) throw new Error("an answer came without its length");
    return headEnd + HEAD_END.length + Number(found[1]);
  }

  private finish(): void {
    const start = this.received.length === 1 ? this.received[0]! : Buffer.concat(this.received);
    const bodyAt = start.indexOf(HEAD_END) + HEAD_END.length;
    this.settle(isAt(start, OK, 0) && isAt(start, DATA, bodyAt));
  }

  private settle(ok: boolean): void {
    const { done } = this;
    this.done = null;
    done?.(ok);
  }
}

const isAt = (whole: Buffer, part: Buffer, at: number): boolean =>
  whole.compare(part, 0, part.length, at, at + part.length) === 0;

export interface Request {
  readonly apiKey: string;
  readonly body: object;
}

export function encode({ pathname, host }: URL, { apiKey, body }: Request): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    "content-type: application/json",
    "accept: application/json",
    `authorization: ${apiKey}`,
    `content-length: ${json.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), json]);
}
