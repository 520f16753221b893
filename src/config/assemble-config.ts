import type { BundlesConfig, Config, DatabaseConfig, DeploymentsConfig, ElasticsearchConfig } from "./config";
import type { SettingValues } from "./settings";

/** Turns checked values into the `Config`, and adds to `problems` what does not go together. */
export function assembleConfig(values: SettingValues, problems: string[]): Config {
  return {
    ...values,
    database: assembleDatabase(values.database),
    elasticsearch: assembleElasticsearch(values.elasticsearch, problems),
    bundles: assembleBundles(values.bundles, problems),
    deployments: assembleDeployments(values.deployments),
  };
}

function assembleDatabase({ url, poolSize }: SettingValues["database"]): DatabaseConfig {
  return url === undefined ? { kind: "embedded" } : { kind: "url", url, poolSize };
}

function assembleElasticsearch(values: SettingValues["elasticsearch"], problems: string[]): ElasticsearchConfig {
  const { enabled, node, ...connection } = values;
  const { indexPrefix, username, password, apiKey, caFile } = connection;
  if (!enabled) return { kind: "off", indexPrefix };
  if (node === undefined) {
    const pointless = Object.entries({ username, password, apiKey, caFile }).filter(([, value]) => value !== undefined);
    for (const [key] of pointless) problems.push(`elasticsearch.${key} is set, but no elasticsearch.node`);
    return { kind: "off", indexPrefix };
  }
  if ((username === undefined) !== (password === undefined)) {
    problems.push("elasticsearch.username and elasticsearch.password need each other: only one of them is set");
  }
  if (apiKey !== undefined && username !== undefined) {
    problems.push("elasticsearch.apiKey and elasticsearch.username are both set: choose one");
  }
  return { kind: "on", node, ...connection };
}

function assembleBundles(values: SettingValues["bundles"], problems: string[]): BundlesConfig {
  const { maxUploadBytes, maxUnpackedBytes, maxFiles, uploadWaitSeconds, bucket, ...connection } = values;
  const { endpoint, accessKeyId, secretAccessKey } = connection;
  const limits = { maxUploadBytes, maxUnpackedBytes, maxFiles, uploadWaitSeconds };
  if (bucket === undefined) {
    const pointless = Object.entries({ endpoint, accessKeyId, secretAccessKey }).filter(([, value]) => value !== undefined);
    for (const [key] of pointless) problems.push(`bundles.${key} is set, but no bundles.bucket`);
    return { ...limits, store: { kind: "folder" } };
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    problems.push("bundles.accessKeyId and bundles.secretAccessKey need each other: only one of them is set");
  }
  return { ...limits, store: { kind: "s3", bucket, ...connection } };
}

function assembleDeployments(values: SettingValues["deployments"]): DeploymentsConfig {
  const { byoRegistryEnabled, byoRegistryHost, ...rest } = values;
  return byoRegistryEnabled && byoRegistryHost !== undefined ? { ...rest, byoRegistryHost } : rest;
}
