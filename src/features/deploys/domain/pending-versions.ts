import type { Deployment } from "../../deployments/domain";
import { compareVersions, isOlderAirflow, parseAirflowVersion, parseRuntimeVersion } from "../../runtimes/domain";
import type { DeployRevision } from "./deploy-revision";

type Pending = Pick<Deployment, "pendingRuntimeVersion" | "pendingAirflowVersion">;

/**
 * The pending version of a Deployment after the revision is recorded: the revision's version, unless it runs already. A
 * requested upgrade is kept until an image with that version is deployed, or a rollback cancels it.
 */
export function pendingAfter(revision: DeployRevision, deployment: Deployment, head: DeployRevision | null): Pending {
  const { runtimeVersion, airflowVersion } = revision;
  const isKept = revision.trigger !== "ROLLBACK" && !isOfDeployUnderWay(deployment, head);
  if (isKept && awaitsRuntime(revision, deployment)) {
    return { pendingRuntimeVersion: deployment.pendingRuntimeVersion, pendingAirflowVersion: null };
  }
  if (isKept && awaitsAirflow(revision, deployment)) {
    return { pendingRuntimeVersion: null, pendingAirflowVersion: deployment.pendingAirflowVersion };
  }
  return {
    pendingRuntimeVersion: runtimeVersion === deployment.runtimeVersion ? null : runtimeVersion,
    pendingAirflowVersion:
      runtimeVersion !== null || airflowVersion === deployment.airflowVersion ? null : airflowVersion,
  };
}

/** The rollout is over, so its version is no longer pending; one that was asked for meanwhile is. */
export function nothingPending(deployment: Deployment, revision: DeployRevision): Partial<Pending> {
  return {
    ...(deployment.pendingRuntimeVersion === revision.runtimeVersion && { pendingRuntimeVersion: null }),
    ...(deployment.pendingAirflowVersion === revision.airflowVersion && { pendingAirflowVersion: null }),
  };
}

/** A version that is pending because of a deploy under way ends with that deploy. */
function isOfDeployUnderWay(
  { pendingRuntimeVersion, pendingAirflowVersion }: Deployment,
  head: DeployRevision | null,
): boolean {
  if (head?.status !== "INITIALIZED") return false;
  return pendingRuntimeVersion !== null
    ? head.runtimeVersion === pendingRuntimeVersion
    : head.airflowVersion === pendingAirflowVersion;
}

/**
 * An image without a Runtime keeps a requested move to a Runtime pending, as long as its Airflow is the one that runs.
 */
function awaitsRuntime({ runtimeVersion, airflowVersion }: DeployRevision, deployment: Deployment): boolean {
  const asked = parseRuntimeVersion(deployment.pendingRuntimeVersion);
  if (asked === null) return false;
  if (runtimeVersion === null)
    return deployment.runtimeVersion === null && airflowVersion === deployment.airflowVersion;
  const deployed = parseRuntimeVersion(runtimeVersion);
  return deployed !== null && compareVersions(deployed, asked) < 0;
}

function awaitsAirflow(
  { runtimeVersion, airflowVersion }: DeployRevision,
  { pendingAirflowVersion }: Deployment,
): boolean {
  if (runtimeVersion !== null) return false;
  const [asked, deployed] = [parseAirflowVersion(pendingAirflowVersion), parseAirflowVersion(airflowVersion)];
  return asked !== null && deployed !== null && isOlderAirflow(deployed, asked);
}
