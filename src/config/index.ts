export type { Config, ElasticsearchConfig, ProviderConfig, SignOnConfig } from "./config";
export { deploymentsUrlOf } from "./deployments-url";
export { loadConfig, type LoadedConfig } from "./load-config";
export { describeConfig } from "./print-config";
export { DatabaseUnreachable, explainStartError } from "./start-problem";
export type { RolloutDriverName } from "./settings/value-types";
