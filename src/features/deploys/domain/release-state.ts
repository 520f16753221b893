import type { Deployment } from "../../deployments";
import type { ReleaseState } from "../../rollouts";
import type { DeployRevision } from "./deploy-revision";

/** What a release is to be: the code of the revision under the settings of now. */
export function releaseStateOf(deployment: Deployment, revision: DeployRevision): ReleaseState {
  const { imageRepository } = revision;
  return {
    releaseName: deployment.releaseName,
    namespace: deployment.namespace,
    chartVersion: deployment.chartVersion,
    workspaceId: deployment.workspaceId,
    deploymentId: deployment.id,
    revisionId: revision.id,
    revisionNumber: revision.number,
    generation: deployment.lastRevisionNumber,
    image: imageRepository === null ? null : { repository: imageRepository, tag: revision.imageTag, digest: revision.imageDigest },
    runtimeVersion: revision.runtimeVersion,
    airflowVersion: revision.airflowVersion,
    executor: deployment.executor,
    dagDeploymentType: revision.dagDeploymentType,
    dagDeployment: deployment.dagDeployment,
    dagTarballVersion: revision.dagTarballVersion,
    components: deployment.components,
    environmentVariables: deployment.environmentVariables,
    cloudRole: deployment.cloudRole,
  };
}
