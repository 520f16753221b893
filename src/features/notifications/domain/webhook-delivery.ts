import type { Instant } from "../../../kernel/instant";
import type { NotificationEvent } from "./notification-event";

export const DELIVERY_STATUSES = ["PENDING", "DELIVERED", "FAILED"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event on its way to one webhook. */
export interface WebhookDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly deploymentId: string | null;
  readonly event: NotificationEvent;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** HTTP status of the last answer; null where none came. */
  readonly responseStatus: number | null;
  /** Why the last attempt failed. */
  readonly error: string | null;
  readonly createdAt: Instant;
  readonly nextAttemptAt: Instant;
  /** After it the delivery is given up. */
  readonly retryUntil: Instant;
  readonly finishedAt: Instant | null;
}

export const RETRY_FOR_MS = 24 * 60 * 60_000;
/** How long an attempt may take, with room to spare: another process may try again after that. */
export const CLAIM_MS = 30_000;

const FIRST_MS = 5_000;
const LONGEST_MS = 10 * 60_000;

/** Backoff after a number of attempts: doubles from 5 s to 10 min. */
export const retryAfterMs = (attempts: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
