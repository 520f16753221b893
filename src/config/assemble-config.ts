import { assembleSignOn } from "./assemble-sign-on";
import type {
  BundlesConfig,
  Config,
  DatabaseConfig,
  DeploymentsConfig,
  ElasticsearchConfig,
  RegistryConfig,
} from "./config";
import type { Remarks } from "./remarks";
import type { SettingValues } from "./settings";

/**
 * Turns checked values into the `Config`. An optional part that lacks what it needs is left out with a warning where
 * that is safe; other values that do not fit together are problems.
 */
export function assembleConfig(values: SettingValues, remarks: Remarks): Config {
  const { problems } = remarks;
  const { endpoint, subscriptions } = values.server;
  if (endpoint === subscriptions)
    problems.push(`webserver.endpoint and webserver.subscriptions are both ${endpoint}: each needs a path of its own`);
  return {
    ...values,
    database: assembleDatabase(values.database),
    elasticsearch: assembleElasticsearch(values.elasticsearch, problems),
    bundles: assembleBundles(values.bundles, problems),
    registry: assembleRegistry(values.registry, values.server),
    signOn: assembleSignOn(values, remarks),
    deployments: assembleDeployments(values.deployments, remarks),
  };
}

function assembleDatabase({ url, ...rest }: SettingValues["database"]): DatabaseConfig {
  return url === undefined ? { kind: "embedded" } : { kind: "url", url, ...rest };
}

function assembleElasticsearch(values: SettingValues["elasticsearch"], problems: string[]): ElasticsearchConfig {
  const { enabled, node, ...connection } = values;
  const { indexPrefix, username, password, apiKey, caFile, pollIntervalMs } = connection;
  if (!enabled) return { kind: "off", indexPrefix, pollIntervalMs };
  if (node === undefined) {
    const pointless = Object.entries({ username, password, apiKey, caFile }).filter(([, value]) => value !== undefined);
    for (const [key] of pointless) problems.push(`elasticsearch.${key} is set, but no elasticsearch.node`);
    return { kind: "off", indexPrefix, pollIntervalMs };
  }
  if ((username === undefined) !== (password === undefined)) {
    problems.push("elasticsearch.username and elasticsearch.password need each other: only one of them is set");
  }
  if (apiKey !== undefined && username !== undefined) {
    problems.push("elasticsearch.apiKey and elasticsearch.username are both set: choose one");
  }
  if (values.auditIndexPrefix === indexPrefix) {
    problems.push(
      `elasticsearch.auditIndexPrefix and elasticsearch.indexPrefix are both ${indexPrefix}: the audit trail has to be apart from the logs`,
    );
  }
  return { kind: "on", node, ...connection };
}

function assembleBundles(values: SettingValues["bundles"], problems: string[]): BundlesConfig {
  const { maxUploadBytes, maxUnpackedBytes, maxFiles, uploadWaitSeconds, bucket, ...connection } = values;
  const { endpoint, accessKeyId, secretAccessKey } = connection;
  const limits = { maxUploadBytes, maxUnpackedBytes, maxFiles, uploadWaitSeconds };
  if (bucket === undefined) {
    const pointless = Object.entries({ endpoint, accessKeyId, secretAccessKey }).filter(
      ([, value]) => value !== undefined,
    );
    for (const [key] of pointless) problems.push(`bundles.${key} is set, but no bundles.bucket`);
    return { ...limits, store: { kind: "folder" } };
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    problems.push("bundles.accessKeyId and bundles.secretAccessKey need each other: only one of them is set");
  }
  return { ...limits, store: { kind: "s3", bucket, ...connection } };
}

/** The public host is `registry.<base domain>` unless it is configured, as on the 0.35 platform. */
function assembleRegistry(values: SettingValues["registry"], { baseDomain }: SettingValues["server"]): RegistryConfig {
  const { host, port, protocol, publicHost, ...rest } = values;
  const local = `${host}:${port}`;
  return {
    ...rest,
    url: `${protocol}://${local}`,
    publicHost: publicHost ?? (baseDomain === "localhost" ? local : `registry.${baseDomain}`),
  };
}

function assembleDeployments(values: SettingValues["deployments"], remarks: Remarks): DeploymentsConfig {
  const { byoRegistryEnabled, byoUpdateRegistryEnabled, namespacePoolEnabled, namespacePoolNames, ...rest } = values;
  const { problems, warnings, nameOf, isGiven } = remarks;
  const updateRegistry = "deployments.byoUpdateRegistryEnabled";
  if (byoRegistryEnabled && byoUpdateRegistryEnabled && isGiven(updateRegistry) && rest.byoRegistryHost === undefined) {
    warnings.push(`${nameOf(updateRegistry)} is true, but there is no host: no images are pushed to a custom registry`);
  }
  const preCreatedNamespaces = rest.preCreatedNamespaces.length > 0 ? rest.preCreatedNamespaces : namespacePoolNames;
  // Without the pool, Deployments would go to namespaces outside of it.
  if (namespacePoolEnabled && preCreatedNamespaces.length === 0) {
    problems.push(
      `${nameOf("deployments.namespacePoolEnabled")} is true, but there are no names: list namespaces at ${nameOf("deployments.namespacePoolNames")}, or switch it off`,
    );
  }
  return {
    ...rest,
    // The platform's chart does the same. Source: the public page on namespace pools.
    ...(namespacePoolEnabled && { manualNamespaceNames: true, hardDeleteDeployment: true, preCreatedNamespaces }),
  };
}
