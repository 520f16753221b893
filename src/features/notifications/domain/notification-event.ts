import type { NewLogLine } from "../../logs/domain";
import type { Instant } from "../../../kernel/instant";

export const EVENT_TYPES = [
  "deploy.created",
  "deploy.finished",
  "deploy.refused",
  "rollback.started",
  "rollback.finished",
  "hold.created",
  "hold.lifted",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
/** Of the event that is sent on request only. */
export const TEST_EVENT = "test";

/** Something that has happened, as webhooks are told. */
export interface NotificationEvent {
  /** The id of every delivery of it, so that a receiver recognizes a repetition. */
  readonly id: string;
  readonly type: EventType | typeof TEST_EVENT;
  readonly workspaceId: string | null;
  /** Null for a test. */
  readonly deploymentId: string | null;
  readonly releaseName: string | null;
  /** One sentence for a person. */
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Instant;
}

/** The end of a revision, by the event of its log line. */
const FINAL_STATUS: Readonly<Record<string, string>> = {
  deployed: "DEPLOYED",
  failed: "FAILED",
  superseded: "SUPERSEDED",
  cancelled: "SUPERSEDED",
};

const TYPES: Readonly<Record<string, EventType>> = {
  deploy_recorded: "deploy.created",
  rollback_accepted: "rollback.started",
  push_refused: "deploy.refused",
  push_ignored: "deploy.refused",
  deploy_refused: "deploy.refused",
  quarantined: "hold.created",
  quarantine_lifted: "hold.lifted",
};

function typeOf(line: NewLogLine): EventType | undefined {
  const event = String(line.fields["event"]);
  if (FINAL_STATUS[event] !== undefined)
    return line.fields["isRollback"] === true ? "rollback.finished" : "deploy.finished";
  return TYPES[event];
}

/** What a line of a Deployment's log tells to webhooks; null for one that they are not told of. */
export function eventOfLine(line: NewLogLine, id: string): NotificationEvent | null {
  const type = typeOf(line);
  if (type === undefined) return null;
  const { deploymentId, workspaceId, releaseName, message, fields, createdAt: at } = line;
  const { event, ...facts } = fields;
  const status = FINAL_STATUS[String(event)];
  return {
    id,
    type,
    workspaceId,
    deploymentId,
    releaseName,
    message,
    data: { workspaceId, deploymentId, releaseName, message, ...(status !== undefined && { status }), ...facts },
    at,
  };
}
