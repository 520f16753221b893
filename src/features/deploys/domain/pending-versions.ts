import type { Deployment } from "../../deployments";
import { compareVersions, parseRuntimeVersion } from "../../platform";
import type { DeployRevision } from "./deploy-revision";

type Pending = Pick<Deployment, "pendingRuntimeVersion" | "pendingAirflowVersion">;

/**
 * What a Deployment waits for once the revision is recorded: the revision's version, unless it runs already.
 * An upgrade that somebody asked for is kept until an image with it comes, or a rollback, which takes it back.
 */
export function pendingAfter(revision: DeployRevision, deployment: Deployment, head: DeployRevision | null): Pending {
  const { runtimeVersion, airflowVersion } = revision;
  if (revision.trigger !== "ROLLBACK" && isStillAskedFor(revision, deployment, head)) {
    return { pendingRuntimeVersion: deployment.pendingRuntimeVersion, pendingAirflowVersion: null };
  }
  return {
    pendingRuntimeVersion: runtimeVersion === deployment.runtimeVersion ? null : runtimeVersion,
    pendingAirflowVersion: runtimeVersion !== null || airflowVersion === deployment.airflowVersion ? null : airflowVersion,
  };
}

function isStillAskedFor(revision: DeployRevision, { pendingRuntimeVersion }: Deployment, head: DeployRevision | null): boolean {
  // What is pending because of a deploy under way goes with that deploy.
  if (head?.status === "INITIALIZED" && head.runtimeVersion === pendingRuntimeVersion) return false;
  const [asked, deployed] = [parseRuntimeVersion(pendingRuntimeVersion), parseRuntimeVersion(revision.runtimeVersion)];
  return asked !== null && deployed !== null && compareVersions(deployed, asked) < 0;
}
