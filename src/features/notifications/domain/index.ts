export type { NotificationEvent } from "./notification-event";
export type { Webhook } from "./webhook";
