/** How one process of the control plane is set up. Built once by `loadConfig`, then passed as a value. */
export interface Config {
  readonly server: ServerConfig;
  /** Absolute. Holds whatever the process keeps on disk: embedded Postgres, bundles, rendered releases. */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  readonly elasticsearch: ElasticsearchConfig;
  readonly bundles: BundlesConfig;
  readonly auth: AuthConfig;
  readonly serviceAccounts: {
    readonly enabled: boolean;
    /** How much of a key stays readable once it has been shown in full. */
    readonly showFirstChars: number;
  };
  readonly roles: RoleOverrides;
  readonly logging: { readonly level: LogLevel };
  readonly workers: {
    /** False makes this replica serve the API and leave background jobs to others. */
    readonly enabled: boolean;
    readonly concurrency: number;
    readonly retryCount: number;
  };
  readonly deployments: DeploymentsConfig;
  /** Nightly removal of revisions older than `deployments.rollback.retentionDays`. */
  readonly cleanup: {
    readonly enabled: boolean;
    /** Five numeric cron fields, in UTC. */
    readonly schedule: string;
  };
}

export interface ServerConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly endpoint: string;
  readonly bodyLimitBytes: number;
  /** Believe `X-Forwarded-*`; safe only behind a proxy that overwrites them. */
  readonly trustProxy: boolean;
  readonly allowedOrigins: readonly string[];
  readonly baseDomain: string;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxCost: number;
  readonly introspection: boolean;
}

export type DatabaseConfig =
  | { readonly kind: "embedded" }
  | { readonly kind: "url"; readonly url: string; readonly poolSize: number };

export type ElasticsearchConfig =
  | { readonly kind: "off"; readonly indexPrefix: string }
  | {
      readonly kind: "on";
      readonly node: string;
      readonly indexPrefix: string;
      /** Comes with `password`, and never together with `apiKey`. */
      readonly username?: string;
      readonly password?: string;
      readonly apiKey?: string;
      readonly caFile?: string;
      readonly batchSize: number;
      readonly pollIntervalMs: number;
    };

export interface BundlesConfig {
  readonly maxUploadBytes: number;
  readonly maxUnpackedBytes: number;
  readonly maxFiles: number;
  /** How long an image waits for the DAGs that belong to it. */
  readonly uploadWaitSeconds: number;
  readonly store:
    | { readonly kind: "folder" }
    | {
        readonly kind: "s3";
        readonly bucket: string;
        readonly prefix: string;
        readonly endpoint?: string;
        readonly region: string;
        /** Come together. */
        readonly accessKeyId?: string;
        readonly secretAccessKey?: string;
        readonly forcePathStyle: boolean;
      };
}

export interface AuthConfig {
  readonly localEnabled: boolean;
  readonly publicSignups: boolean;
  readonly sessionMs: number;
  /** A folder that holds `tls.key`, or a PEM file. Absent: the process makes a key of its own. */
  readonly signingKeyPath?: string;
  readonly loginAttempts: {
    readonly perAccount: number;
    readonly perAddress: number;
    readonly windowSeconds: number;
  };
}

/** By role: true adds a permission to what the role has by default, false takes it away. */
export type RoleOverrides = Readonly<Record<string, { readonly permissions: Readonly<Record<string, boolean>> }>>;

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface DeploymentsConfig {
  readonly rollback: {
    readonly enabled: boolean;
    /** How long history is kept, and how far back a rollback may reach. */
    readonly retentionDays: number;
    readonly dagTarballVersionValidation: boolean;
    readonly requireDataLossAcknowledgement: boolean;
    readonly allowAirflow3To2: boolean;
  };
  readonly dagOnlyDeployment: boolean;
  readonly updateDeploymentImageEndpoint: boolean;
  readonly updateDeploymentImageDockerValidation: boolean;
  readonly configureDagDeployment: boolean;
  readonly nfsMountDagDeployment: boolean;
  readonly gitSyncDagDeployment: boolean;
  readonly upsertDeployment: boolean;
  readonly tagPrefix: string;
  readonly hardDeleteDeployment: boolean;
  readonly softDeletedRetentionDays: number;
  readonly manualReleaseNames: boolean;
  readonly manualNamespaceNames: boolean;
  readonly namespaceFreeFormEntry: boolean;
  readonly triggererEnabled: boolean;
  readonly astroRuntimeEnabled: boolean;
  readonly listAllRuntimeVersions: boolean;
  readonly minimumRuntimeVersion: string;
  /** An absolute path or an http(s) URL of a catalogue that replaces the shipped one. */
  readonly runtimeReleases?: string;
  /** First label of the host that takes DAG uploads: `https://<subdomain>.<baseDomain>/…`. */
  readonly subdomain: string;
  readonly maxDeployRevisionPage: number;
  readonly defaultRuntimeRepository: string;
  readonly defaultAirflowRepository: string;
  /** Repository included, as in `registry.example.com/team/airflow`. */
  readonly byoRegistryHost?: string;
}
