import { setTimeout as sleep } from "node:timers/promises";
import { isTransient, pauseAfter, type Api } from "./api";
import { FOLLOW, type Revision, type Status, type Step } from "./documents";
import { CliError, EXIT, type ExitCode } from "./exit-codes";

const LOOK_EVERY_MS = 1_000;

export type FollowedRevision = Revision & { readonly steps: readonly Step[] };

/** What is told on the way. Each step is told when it begins and when it ends, each reason once. */
export interface Progress {
  step(step: Step): void;
  reason(reason: string): void;
  away(error: Error): void;
}

const EXIT_OF: Readonly<Record<Exclude<Status, "INITIALIZED">, ExitCode>> = {
  DEPLOYED: EXIT.ok,
  FAILED: EXIT.rolloutFailed,
  SUPERSEDED: EXIT.rolloutSuperseded,
};

/** Returns what a command ends with that has followed a revision to this status. */
export const exitCodeOfRollout = (status: Status): ExitCode =>
  status === "INITIALIZED" ? EXIT.timeout : EXIT_OF[status];

/**
 * Follows a revision to its final status, also through a time in which the server is away.
 * @throws CliError if the time is over, or the revision is no longer there or no longer for the caller
 */
export async function follow(
  api: Api,
  { id, number }: Pick<Revision, "id" | "number">,
  { timeoutMs, progress, lookEveryMs = LOOK_EVERY_MS }: { timeoutMs: number; progress: Progress; lookEveryMs?: number },
): Promise<FollowedRevision> {
  const until = performance.now() + timeoutMs;
  const told = new Set<string>();
  let reason: string | null = null;
  let isAway = false;
  for (;;) {
    let pauseMs = lookEveryMs;
    try {
      const { deployRevision } = await api.send<{ deployRevision: FollowedRevision | null }>(
        FOLLOW,
        { id },
        { retry: false },
      );
      isAway = false;
      if (deployRevision === null) throw new CliError(`#${number} is no longer there`, EXIT.notFound);
      for (const step of deployRevision.steps) tellOnce(told, step, progress);
      if (deployRevision.status !== "INITIALIZED") return deployRevision;
      if (deployRevision.statusReason !== null && deployRevision.statusReason !== reason)
        progress.reason(deployRevision.statusReason);
      reason = deployRevision.statusReason;
    } catch (error) {
      if (!(error instanceof Error) || !isTransient(error)) throw error;
      if (!isAway) progress.away(error);
      isAway = true;
      pauseMs = Math.max(pauseAfter(error), lookEveryMs);
    }
    const leftMs = until - performance.now();
    if (leftMs <= 0) throw new CliError(`#${number} has not come to an end in time; its rollout goes on`, EXIT.timeout);
    await sleep(Math.min(pauseMs, leftMs));
  }
}

/** A new attempt begins its steps anew, so that the time of the beginning is part of what was told. */
function tellOnce(told: Set<string>, step: Step, progress: Progress): void {
  const key = `${step.startedAt} ${step.name} ${step.status}`;
  if (told.has(key)) return;
  told.add(key);
  progress.step(step);
}
