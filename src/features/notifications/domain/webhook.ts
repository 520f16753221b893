import type { AuditObject } from "../../../kernel/audit-entry";
import { InvalidInput } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import type { Instant } from "../../../kernel/instant";
import { checkLabel, refuseHidden } from "../../../kernel/text";
import { EVENT_TYPES, type EventType } from "./notification-event";

export const WEBHOOK_FORMATS = ["CLOUDEVENTS", "SLACK", "TEAMS"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

const MAX_URL = 2_000;
const MAX_DEPLOYMENTS = 100;

export interface Webhook {
  readonly id: string;
  /** Null for events of the whole installation. */
  readonly workspaceId: string | null;
  readonly label: string;
  /** May hold a secret, as those of Slack and Teams do. */
  readonly url: string;
  readonly format: WebhookFormat;
  readonly events: readonly EventType[];
  /** Only of these; empty for all Deployments. */
  readonly deploymentIds: readonly string[];
  readonly enabled: boolean;
  readonly sealedSecret: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface WebhookFields {
  readonly label?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly format?: WebhookFormat | null | undefined;
  readonly events?: readonly EventType[] | null | undefined;
  readonly deploymentIds?: readonly string[] | null | undefined;
  readonly enabled?: boolean | null | undefined;
}

/** Where the secret belongs, for the box that seals it. */
export const secretPlace = (webhookId: string): string => `webhook/${webhookId}`;
export const SECRET_FIELD = "secret";

/**
 * Returns the checked fields that were given; those that are null or absent keep what is there.
 * @throws InvalidInput
 */
export function checkedFields(
  { label, url, format, events, deploymentIds, enabled }: WebhookFields,
  { allowsPrivate }: { readonly allowsPrivate: boolean },
): Partial<Webhook> {
  return {
    ...(label != null && { label: checkLabel(label) }),
    ...(url != null && { url: checkUrl(url, allowsPrivate) }),
    ...(format != null && { format }),
    ...(events != null && { events: EVENT_TYPES.filter((type) => events.includes(type)) }),
    ...(deploymentIds != null && { deploymentIds: checkIds(deploymentIds) }),
    ...(enabled != null && { enabled }),
  };
}

function checkUrl(text: string, allowsPrivate: boolean): string {
  const trimmed = text.trim();
  refuseHidden("url", trimmed, "ONE_LINE");
  if (trimmed.length > MAX_URL) throw new InvalidInput("url", `has more than ${MAX_URL} characters`);
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    throw new InvalidInput("url", "is not a URL, such as https://hooks.example.com/retrograde");
  }
  if (url.protocol !== "https:" && !(allowsPrivate && url.protocol === "http:"))
    throw new InvalidInput("url", "has to begin with https://");
  if (url.username !== "" || url.password !== "")
    throw new InvalidInput("url", "must not hold a user name or password");
  if (url.hash !== "") throw new InvalidInput("url", "must not hold a fragment (#…)");
  return url.href;
}

function checkIds(ids: readonly string[]): string[] {
  if (ids.length > MAX_DEPLOYMENTS) throw new InvalidInput("deploymentUuids", `are more than ${MAX_DEPLOYMENTS}`);
  const strange = ids.find((id) => !isId(id));
  if (strange !== undefined) throw new InvalidInput("deploymentUuids", "hold something that is no id of a Deployment");
  return [...new Set(ids.map((id) => id.toLowerCase()))];
}

export const auditedWebhook = ({ id, label, workspaceId }: Webhook): AuditObject => ({
  type: "webhook",
  id,
  label,
  workspaceId,
});
