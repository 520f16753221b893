import type { Clock } from "../../../kernel/clock";
import { plusMs } from "../../../kernel/instant";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { bodyOf, contentTypeOf, signedHeaders } from "../domain/request-of";
import { SECRET_FIELD, secretPlace, type Webhook } from "../domain/webhook";
import { CLAIM_MS, retryAfterMs, type WebhookDelivery } from "../domain/webhook-delivery";
import {
  deliverJob,
  type Line,
  type NotificationReadModel,
  type NotificationStores,
  type Post,
  type SecretsOf,
} from "./ports";

type Claim =
  | { readonly kind: "send"; readonly delivery: WebhookDelivery }
  /** The oldest is not due yet, or another process is sending it. */
  | { readonly kind: "later" }
  | { readonly kind: "empty" };

/** How long one job sends, so that others get their turn. */
const TURN_MS = 10_000;
/** When a line is looked at again that found too many others being sent. */
const BUSY_PAUSE_MS = 1_000;

/**
 * Sends what is pending for one webhook about one Deployment, oldest first; one that fails holds up those behind it, until it is given up
 * after a day. An attempt is claimed before it is made, so that two processes do not make it at the same time; after a crash the claim
 * runs out and the event is sent again under the same id. A slow receiver holds a worker for as long as an attempt may take, so only some
 * of the workers send at the same time: rollouts find the others.
 */
export class Deliver {
  private sending = 0;

  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<NotificationStores>;
      readonly readModel: Pick<NotificationReadModel, "find">;
      readonly secretsOf: SecretsOf;
      readonly post: Post;
      readonly clock: Clock;
      /** Lines of this process that are sent at the same time. */
      readonly maxAtOnce: number;
    },
  ) {}

  async execute(line: Line, signal: AbortSignal): Promise<void> {
    if (this.sending >= this.deps.maxAtOnce) return this.continueLater(line, BUSY_PAUSE_MS);
    this.sending++;
    try {
      await this.sendPending(line, signal);
    } finally {
      this.sending--;
    }
  }

  private async sendPending(line: Line, signal: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    for (;;) {
      signal.throwIfAborted();
      if (performance.now() - startedMs >= TURN_MS) return this.continueLater(line, 0);
      const claim = await this.claim(line);
      if (claim.kind !== "send") return;
      const webhook = await this.deps.readModel.find(line.webhookId);
      if (webhook === null) return;
      const outcome = await this.send(webhook, claim.delivery, signal);
      // A stop is no failure of the receiver: the claim runs out, and the attempt is made again.
      signal.throwIfAborted();
      await this.settle(claim.delivery, outcome);
    }
  }

  private continueLater(line: Line, delayMs: number): Promise<void> {
    return this.deps.unitOfWork.run(({ outbox }) => outbox.add(deliverJob(line, delayMs)));
  }

  private claim(line: Line): Promise<Claim> {
    const { unitOfWork, clock } = this.deps;
    return unitOfWork.run(async ({ deliveries, outbox }): Promise<Claim> => {
      const head = await deliveries.lockHead(line);
      if (head === null) return { kind: "empty" };
      const now = clock();
      const until = [head.nextAttemptAt, head.claimedUntil ?? now].sort().at(-1) ?? now;
      if (until > now) {
        await outbox.add(deliverJob(line, Date.parse(until) - Date.parse(now)));
        return { kind: "later" };
      }
      await deliveries.claim(head.id, plusMs(now, CLAIM_MS));
      return { kind: "send", delivery: { ...head, attempts: head.attempts + 1 } };
    });
  }

  private async send(
    webhook: Webhook,
    { event }: WebhookDelivery,
    signal: AbortSignal,
  ): Promise<{ status: number | null; error: string | null }> {
    try {
      const body = bodyOf(event, webhook.format);
      const secret = this.deps.secretsOf(secretPlace(webhook.id)).open(webhook.sealedSecret, SECRET_FIELD);
      const headers = {
        "content-type": contentTypeOf(webhook.format),
        ...signedHeaders(event.id, body, { secret, at: this.deps.clock() }),
      };
      const { status } = await this.deps.post(webhook.url, { headers, body }, signal);
      if (status >= 200 && status < 300) return { status, error: null };
      const redirects = status >= 300 && status < 400;
      return { status, error: `HTTP ${status}${redirects ? ": redirects are not followed" : ""}` };
    } catch (error) {
      return { status: null, error: error instanceof Error ? error.message : String(error) };
    }
  }

  private settle(
    delivery: WebhookDelivery,
    { status: responseStatus, error }: { status: number | null; error: string | null },
  ): Promise<boolean> {
    const { unitOfWork, clock } = this.deps;
    const now = clock();
    const nextAttemptAt = plusMs(now, retryAfterMs(delivery.attempts));
    const status = error === null ? "DELIVERED" : nextAttemptAt > delivery.retryUntil ? "FAILED" : "PENDING";
    return unitOfWork.run(({ deliveries }) =>
      deliveries.settle({
        ...delivery,
        status,
        responseStatus,
        error,
        nextAttemptAt,
        finishedAt: status === "PENDING" ? null : now,
      }),
    );
  }
}
