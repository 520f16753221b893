import type { Socket } from "node:net";
import type { QueryResultRow } from "pg";
import { inTime } from "../../kernel/in-time";
import { connectionSettings, type ConnectionPurpose } from "../postgres/connection-settings";
import { SessionClient } from "../postgres/session-client";

const ANSWER_WITHIN_MS = 5_000;

/**
 * One connection outside of every pool, opened on demand. If a statement fails or is not answered in time, the
 * connection is closed, and the next statement opens another one.
 */
export class OwnConnection {
  /** Number of connections opened so far. When it grows, session state such as locks has to be created again. */
  opened = 0;
  private opening: Promise<SessionClient> | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly purpose: ConnectionPurpose,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {}

  /** @throws whatever the statement throws, or Error on a timeout */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const opening = (this.opening ??= this.open());
    let client: SessionClient | undefined;
    try {
      client = await opening;
      const { rows } = await inTime(client.query<Row>(text, values), this.answerWithinMs);
      return rows;
    } catch (error) {
      if (this.opening === opening) this.opening = null;
      if (client !== undefined) destroy(client);
      throw error;
    }
  }

  close(): void {
    const { opening } = this;
    this.opening = null;
    void opening?.then(destroy, () => undefined);
  }

  private async open(): Promise<SessionClient> {
    const client = new SessionClient(connectionSettings(this.databaseUrl, this.purpose));
    client.on("error", () => undefined);
    try {
      await inTime(client.connect(), this.answerWithinMs);
    } catch (error) {
      destroy(client);
      throw error;
    }
    this.opened += 1;
    return client;
  }
}

/** Closes the socket without a protocol message, since the server may not answer. */
const destroy = (client: SessionClient): void => void (client.connection.stream as Socket).destroy();
