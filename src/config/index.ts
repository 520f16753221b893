export type {
  AuthConfig,
  Config,
  DatabaseConfig,
  DeploymentsConfig,
  ElasticsearchConfig,
  LogLevel,
  ProviderConfig,
  RoleOverrides,
  ServerConfig,
  SignOnConfig,
} from "./config";
export { ConfigurationError } from "./configuration-error";
export { deploymentsUrlOf } from "./deployments-url";
export { loadConfig, type ConfigSources, type LoadedConfig } from "./load-config";
export { describeConfig } from "./print-config";
export { DatabaseUnreachable, explainStartError } from "./start-problem";
export { settingsTable } from "./settings-table";
