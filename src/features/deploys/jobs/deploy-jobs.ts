import { required, type JobHandler } from "../../../infrastructure/jobs/job";
import type { CleanUp } from "../app/clean-up";
import { DEPLOY_TASKS } from "../app/ports";
import type { RecordPushes } from "../app/record-pushes";

/** What runs in the background, by task. */
export function deployJobs(deps: {
  readonly recordPushes: RecordPushes;
  readonly cleanUp: CleanUp;
}): Readonly<Record<string, JobHandler>> {
  return {
    [DEPLOY_TASKS.recordPushes]: ({ deploymentId }, { attempt }) =>
      deps.recordPushes.executeAsJob(required(deploymentId), attempt),
    [DEPLOY_TASKS.cleanup]: async (_payload, { log }) => {
      log.info(await deps.cleanUp.execute({ dryRun: false }), "old deploy revisions are cleaned up");
    },
  };
}
