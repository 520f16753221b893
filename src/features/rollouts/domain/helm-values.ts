import type { ReleaseState } from "./release-state";

/** Which components the chart has, by our names. */
const CHART_COMPONENTS: Readonly<Record<string, string>> = {
  workers: "workers",
  webserver: "webserver",
  scheduler: "scheduler",
  triggerer: "triggerer",
};

/**
 * The values for a Helm release of the official Airflow chart. The same state gives the same values.
 * Secrets stand in them by reference only (a Kubernetes Secret `<release>-env`), so that the file can be
 * committed to a repository.
 */
export function helmValues(state: ReleaseState): Record<string, unknown> {
  const { image, environmentVariables } = state;
  const plain = environmentVariables.filter(({ isSecret }) => !isSecret);
  const secret = environmentVariables.filter(({ isSecret }) => isSecret);
  return {
    ...(image !== null && {
      defaultAirflowRepository: image.repository,
      ...(image.tag !== null && { defaultAirflowTag: image.tag }),
      ...(image.digest !== null && { defaultAirflowDigest: image.digest }),
    }),
    ...(state.airflowVersion !== null && { airflowVersion: state.airflowVersion }),
    executor: state.executor,
    ...(plain.length > 0 && { env: plain.map(({ key, value }) => ({ name: key, value })) }),
    ...(secret.length > 0 && {
      secret: secret.map(({ key }) => ({ envName: key, secretName: `${state.releaseName}-env`, secretKey: key })),
    }),
    ...componentValues(state),
    ...(state.dagDeploymentType === "git_sync" && { dags: { gitSync: gitSyncValues(state.dagDeployment) } }),
    labels: {
      workspace: state.workspaceId,
      deployment: state.deploymentId,
      release: state.releaseName,
      ...(state.runtimeVersion !== null && { runtimeVersion: state.runtimeVersion }),
    },
    retrograde: {
      installation: state.installationId,
      epoch: state.epoch,
      generation: state.generation,
      revision: state.revisionNumber,
      revisionId: state.revisionId,
      chartVersion: state.chartVersion,
      namespace: state.namespace,
      dagDeploymentType: state.dagDeploymentType,
      ...(state.dagTarballVersion !== null && { dagTarballVersion: state.dagTarballVersion }),
      ...(state.dagDeploymentType === "dag_deploy" &&
        state.dagBundleSha256 !== null && { dagBundleSha256: state.dagBundleSha256 }),
    },
  };
}

function componentValues({ components, cloudRole }: ReleaseState): Record<string, unknown> {
  const annotations =
    cloudRole === null ? {} : { serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": cloudRole } } };
  return Object.fromEntries(
    Object.entries(CHART_COMPONENTS)
      .map(([name, chartName]) => [chartName, { ...chartComponent(components[name] ?? {}), ...annotations }] as const)
      .filter(([, values]) => Object.keys(values).length > 0),
  );
}

function chartComponent({ resources, ...settings }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (resources === undefined) return settings;
  const { requests, limits } = resources as { requests?: Amounts; limits?: Amounts };
  return {
    ...settings,
    resources: { ...(requests && { requests: quantities(requests) }), ...(limits && { limits: quantities(limits) }) },
  };
}

interface Amounts {
  /** Millicores. */
  readonly cpu?: number | null;
  /** Mi. */
  readonly memory?: number | null;
}

const quantities = ({ cpu, memory }: Amounts): Record<string, string> => ({
  ...(cpu != null && { cpu: `${cpu}m` }),
  ...(memory != null && { memory: `${memory}Mi` }),
});

function gitSyncValues(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    enabled: true,
    ...(settings["repositoryUrl"] !== undefined && { repo: settings["repositoryUrl"] }),
    ...(settings["branchName"] !== undefined && { branch: settings["branchName"] }),
    ...(settings["rev"] !== undefined && { rev: settings["rev"] }),
    ...(settings["dagDirectoryLocation"] !== undefined && { subPath: settings["dagDirectoryLocation"] }),
    ...(settings["syncInterval"] !== undefined && { period: `${settings["syncInterval"] as number}s` }),
  };
}
