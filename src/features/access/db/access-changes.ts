import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { inTime } from "../../../kernel/in-time";
import { connectionSettings } from "../../../infrastructure/postgres/connection-settings";
import { SessionClient } from "../../../infrastructure/postgres/session-client";
import { backOffMs } from "../../../kernel/back-off";

/** A connection that has gone silent delivers nothing and reports no error. */
const ASK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
const MAX_RETRY_MS = 5_000;

/**
 * Calls `changed` whenever an account or role binding changed on any replica, and whenever that might have
 * been missed because the connection was lost. Triggers of the database send the notifications.
 */
export class AccessChanges {
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly databaseUrl: string,
    private readonly changed: () => void,
    private readonly log: Logger,
  ) {}

  /** Resolves after the first try, however it went: the tries go on. */
  async start(): Promise<void> {
    await new Promise<void>((tried) => {
      this.loop = this.run(tried);
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(tried: () => void): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.listen(() => {
          if (failures > 0) this.log.info("changes of access are received again");
          failures = 0;
          tried();
        });
      } catch (error) {
        failures += 1;
        this.changed();
        tried();
        if (failures === 1) this.log.warn({ err: error }, "changes of access are not received now; connecting again");
        await sleep(Math.min(backOffMs(failures, null), MAX_RETRY_MS), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Until the end. @throws whatever ends the connection */
  private async listen(listening: () => void): Promise<void> {
    const { signal } = this.stopping;
    const client = new SessionClient(connectionSettings(this.databaseUrl, "listen"));
    let stop = (): void => undefined;
    const broken = new Promise<never>((_resolve, reject) => {
      client.on("error", reject);
      stop = () => reject(new Error("stopped"));
    });
    signal.addEventListener("abort", stop);
    broken.catch(() => undefined);
    client.on("notification", () => this.changed());
    try {
      await Promise.race([inTime(client.connect(), ANSWER_WITHIN_MS), broken]);
      await Promise.race([inTime(client.query("LISTEN access_changed"), ANSWER_WITHIN_MS), broken]);
      this.changed();
      listening();
      for (;;) {
        await Promise.race([sleep(ASK_EVERY_MS, undefined, { signal }), broken]);
        await Promise.race([inTime(client.query("SELECT 1"), ANSWER_WITHIN_MS), broken]);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      (client.connection.stream as Socket).destroy();
    }
  }
}
