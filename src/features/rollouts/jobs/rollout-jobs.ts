import type { CleanUpArchives } from "../../bundles";
import { DEPLOYMENT_TASKS } from "../../deployments";
import { DEPLOY_TASKS } from "../../deploys";
import { required, type JobHandler } from "../../../infrastructure/jobs/job";
import type { ApplyRevision } from "../app/apply-revision";
import { ROLLOUT_TASKS } from "../app/ports";
import type { ReconcileDeployment } from "../app/reconcile-deployment";
import type { ResumeRollouts } from "../app/resume-rollouts";
import type { RolloutDriver } from "../app/rollout-driver";

/** What runs in the background, by task. */
export function rolloutJobs(deps: {
  readonly apply: ApplyRevision;
  readonly reconcile: ReconcileDeployment;
  readonly resume: ResumeRollouts;
  readonly driver: RolloutDriver;
  readonly archives: Pick<CleanUpArchives, "execute">;
  /** Whether there is such a Deployment, that is not deleted. */
  readonly exists: (deploymentId: string) => Promise<boolean>;
}): Readonly<Record<string, JobHandler>> {
  return {
    [DEPLOY_TASKS.apply]: ({ revisionId }, { signal }) => deps.apply.execute(required(revisionId), signal),
    [ROLLOUT_TASKS.resume]: async (_payload, { log }) => {
      const found = await deps.resume.execute();
      if (found > 0) log.warn({ found }, "unfinished revisions had lost their job; they go on");
    },
    [DEPLOYMENT_TASKS.reconcile]: async ({ deploymentId }, { signal, log }) => {
      const problem = await deps.reconcile.execute(required(deploymentId), signal);
      if (problem !== null) log.error({ deploymentId }, problem.message);
    },
    [DEPLOYMENT_TASKS.remove]: async ({ releaseName, namespace = null, deploymentId = null }) => {
      // It was restored before its release was removed.
      if (deploymentId !== null && (await deps.exists(deploymentId))) return;
      // The job is retried if the bytes below cannot be removed; the name may belong to another Deployment by then.
      await deps.driver.remove({ releaseName: required(releaseName), namespace, deploymentId });
      // The bundles of a hard-deleted Deployment are gone, so their bytes are removed now and not by the nightly
      // clean-up.
      await deps.archives.execute();
    },
  };
}
