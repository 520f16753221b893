import { LRUCache } from "lru-cache";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { NewLogLine } from "../../logs";
import type { DeployStores } from "./ports";

/** Takes a line of a Deployment's log once its transaction has committed. */
export type Announce = (line: NewLogLine) => void;

/**
 * Announces the lines that a transaction writes to the logs of Deployments after its commit; none if it rolls back.
 */
export function announcingChanges(unitOfWork: UnitOfWork<DeployStores>, announce: Announce): UnitOfWork<DeployStores> {
  return {
    async run(work) {
      let written: NewLogLine[] = [];
      const result = await unitOfWork.run((stores) => {
        // A retried transaction starts without the lines of the attempt before.
        written = [];
        const { logs } = stores;
        return work({
          ...stores,
          logs: {
            add: async (lines) => {
              await logs.add(lines);
              written.push(...lines);
            },
          },
        });
      });
      for (const line of written) announce(line);
      return result;
    },
  };
}

export interface ChangeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const MAX_REMEMBERED = 10_000;
const BAD_NEWS: ReadonlySet<unknown> = new Set([
  "rollout_attempt_failed",
  "failed",
  "push_ignored",
  "push_refused",
  "deploy_refused",
]);

/** Writes changes of revisions to the process log, each once: a rollout that begins again is not written again. */
export function changesTo(log: ChangeLog): Announce {
  const logged = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  return ({ releaseName, deploymentId, message, fields }) => {
    const {
      event,
      revisionId,
      revisionNumber: revision,
      type,
      trigger,
      actorId,
      actorLabel: actor,
      reason,
      image,
    } = fields;
    const key = `${deploymentId} ${String(revisionId)} ${message}`;
    if (logged.has(key)) return;
    logged.set(key, true);
    const level = BAD_NEWS.has(event) ? "warn" : "info";
    log[level](
      { event, releaseName, revision, type, trigger, actor, actorId, image, reason, deploymentId, revisionId },
      `${releaseName}: ${message}`,
    );
  };
}
