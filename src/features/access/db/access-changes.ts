import type { Logger } from "pino";
import { connectionSettings } from "../../../shared/db/connection-settings";
import { SessionClient } from "../../../shared/db/session-client";

const RECONNECT_AFTER_MS = 1_000;

/**
 * Calls `changed` whenever an account or role binding changed on any replica, and whenever that might have
 * been missed because the connection was lost. Triggers of the database send the notifications.
 */
export class AccessChanges {
  private client: SessionClient | null = null;
  private stopped = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly databaseUrl: string,
    private readonly changed: () => void,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    const client = new SessionClient(connectionSettings(this.databaseUrl, "listen"));
    this.client = client;
    client.on("notification", () => this.changed());
    client.on("error", (error) => this.reconnect(error));
    try {
      await client.connect();
      await client.query("LISTEN access_changed");
    } catch (error) {
      this.reconnect(error);
    }
    this.changed();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private reconnect(error: unknown): void {
    if (this.stopped) return;
    this.changed();
    this.log.warn({ err: error }, "no longer told of changes of access; connecting again");
    void this.client?.end().catch(() => undefined);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.start(), RECONNECT_AFTER_MS);
  }
}
