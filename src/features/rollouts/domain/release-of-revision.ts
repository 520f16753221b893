import type { DagBundle } from "../../bundles/domain";
import { presentDagDeployment, presentVariables, type Deployment } from "../../deployments/domain";
import type { Installation } from "../../installation/domain";
import type { ReleaseState } from "./release-state";
import { defaultImage, type DefaultRepositories, type DeployRevision, type LiveDags } from "../../deploys/domain";

/**
 * Returns the desired state of a release: the revision's content with the present settings. `bundle` is that of `dags`.
 */
export function releaseStateOf(
  deployment: Deployment,
  revision: DeployRevision,
  {
    installation,
    dags,
    bundle,
    repositories,
  }: {
    readonly installation: Installation;
    readonly dags: LiveDags;
    readonly bundle: DagBundle | null;
    readonly repositories: DefaultRepositories;
  },
): ReleaseState {
  const { imageRepository } = revision;
  return {
    releaseName: deployment.releaseName,
    namespace: deployment.namespace,
    chartVersion: deployment.chartVersion,
    workspaceId: deployment.workspaceId,
    deploymentId: deployment.id,
    revisionId: revision.id,
    revisionNumber: revision.number,
    installationId: installation.id,
    epoch: installation.epoch,
    generation: deployment.lastRevisionNumber,
    image:
      imageRepository === null
        ? defaultImage(revision, repositories)
        : { repository: imageRepository, tag: revision.imageTag, digest: revision.imageDigest },
    runtimeVersion: revision.runtimeVersion,
    airflowVersion: revision.airflowVersion,
    executor: deployment.executor,
    dagDeploymentType: dags.dagDeploymentType,
    dagDeployment: presentDagDeployment(deployment.dagDeployment),
    dagTarballVersion: dags.dagTarballVersion,
    dagBundleSha256: bundle?.sha256 ?? null,
    components: deployment.components,
    environmentVariables: presentVariables(deployment.environmentVariables),
    cloudRole: deployment.cloudRole,
  };
}
