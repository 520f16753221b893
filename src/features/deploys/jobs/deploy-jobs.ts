import type { CleanUpArchives } from "../../bundles";
import { DEPLOYMENT_TASKS } from "../../deployments";
import type { RolloutDriver } from "../../rollouts";
import type { JobHandler } from "../../../infrastructure/jobs/job";
import type { ApplyRevision } from "../app/apply-revision";
import type { CleanUp } from "../app/clean-up";
import { DEPLOY_TASKS } from "../app/ports";
import type { ReconcileDeployment } from "../app/reconcile-deployment";
import type { RecordPushes } from "../app/record-pushes";
import type { ResumeRollouts } from "../app/resume-rollouts";

/** What runs in the background, by task. */
export function deployJobs(deps: {
  readonly apply: ApplyRevision;
  readonly reconcile: ReconcileDeployment;
  readonly resume: ResumeRollouts;
  readonly recordPushes: RecordPushes;
  readonly cleanUp: CleanUp;
  readonly driver: RolloutDriver;
  readonly archives: Pick<CleanUpArchives, "execute">;
}): Readonly<Record<string, JobHandler>> {
  return {
    [DEPLOY_TASKS.apply]: ({ revisionId }, { signal }) => deps.apply.execute(required(revisionId), signal),
    [DEPLOY_TASKS.recordPushes]: ({ deploymentId }, { attempt }) =>
      deps.recordPushes.executeAsJob(required(deploymentId), attempt),
    [DEPLOY_TASKS.resume]: async (_payload, { log }) => {
      const found = await deps.resume.execute();
      if (found > 0) log.warn({ found }, "unfinished revisions had lost their job; they go on");
    },
    [DEPLOY_TASKS.cleanup]: async (_payload, { log }) => {
      log.info(await deps.cleanUp.execute({ dryRun: false }), "old deploy revisions are cleaned up");
    },
    [DEPLOYMENT_TASKS.reconcile]: async ({ deploymentId }, { signal, log }) => {
      const problem = await deps.reconcile.execute(required(deploymentId), signal);
      if (problem !== null) log.error({ deploymentId }, problem.message);
    },
    [DEPLOYMENT_TASKS.remove]: async ({ releaseName, deploymentId }) => {
      // It is tried again where the bytes below cannot be freed, and the name may be another Deployment's by then.
      await deps.driver.remove(required(releaseName), deploymentId);
      // The bundles of a Deployment that was deleted for good are gone: their bytes need not wait for the night.
      await deps.archives.execute();
    },
  };
}

function required(value: string | undefined): string {
  if (value === undefined) throw new Error("the job's payload is incomplete");
  return value;
}
