import { createHmac } from "node:crypto";
import type { Instant } from "../../../kernel/instant";
import type { NotificationEvent } from "./notification-event";
import type { WebhookFormat } from "./webhook";

const SECRET_PREFIX = "whsec_";

/** What is sent for an event: the same body each time. */
export function bodyOf(event: NotificationEvent, format: WebhookFormat): string {
  switch (format) {
    case "CLOUDEVENTS":
      return JSON.stringify(cloudEvent(event));
    case "SLACK":
      return JSON.stringify({ text: escapedForSlack(sentence(event)) });
    case "TEAMS":
      return JSON.stringify(teamsMessage(sentence(event)));
  }
}

/** Source: CloudEvents 1.0.2, JSON event format. */
const cloudEvent = ({ id, type, workspaceId, deploymentId, releaseName, data, at }: NotificationEvent) => ({
  specversion: "1.0",
  id,
  type,
  source: workspaceId === null ? "/system" : `/workspaces/${workspaceId}/deployments/${deploymentId}`,
  ...(releaseName !== null && { subject: releaseName }),
  time: at,
  datacontenttype: "application/json",
  data,
});

const sentence = ({ releaseName, message }: NotificationEvent): string =>
  releaseName === null ? message : `${releaseName}: ${message}`;

/** Source: Slack's "Formatting text for app surfaces": these three characters are control characters. */
const escapedForSlack = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** An Adaptive Card, as the webhooks of Teams' Workflows take it. A TextBlock knows Markdown, so its signs are escaped. */
const teamsMessage = (text: string) => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        body: [{ type: "TextBlock", wrap: true, text: text.replace(/[\\`*_[\]()<>#]/g, "\\$&") }],
      },
    },
  ],
});

/**
 * Headers by the specification of Standard Webhooks 1.0: the signature is over id, time of the attempt, and body.
 * @param secret `whsec_` and a key in base64
 */
export function signedHeaders(id: string, body: string, { secret, at }: { secret: string; at: Instant }) {
  const timestamp = String(Math.floor(Date.parse(at) / 1_000));
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

export const contentTypeOf = (format: WebhookFormat): string =>
  format === "CLOUDEVENTS" ? "application/cloudevents+json" : "application/json";

export const secretOf = (key: Buffer): string => `${SECRET_PREFIX}${key.toString("base64")}`;
