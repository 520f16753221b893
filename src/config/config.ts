import type {
  ClaimsMapping,
  ComponentSize,
  LogLevel,
  ProviderName,
  RoleOverrides,
  RolloutDriverName,
} from "./settings/value-types";

/** The configuration of one process of the control plane. Built once by `loadConfig`, then passed as a value. */
export interface Config {
  readonly server: ServerConfig;
  /**
   * An absolute path. Contains all files that the process keeps on disk: embedded Postgres, bundles, rendered releases.
   */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  readonly elasticsearch: ElasticsearchConfig;
  readonly bundles: BundlesConfig;
  readonly registry: RegistryConfig;
  readonly auth: AuthConfig;
  readonly signOn: SignOnConfig;
  readonly serviceAccounts: {
    readonly enabled: boolean;
    /** Number of characters of a key that stay readable after it has been shown once. */
    readonly showFirstChars: number;
    /** Undefined for no limit. */
    readonly maxKeyAgeDays?: number | undefined;
  };
  readonly roles: RoleOverrides;
  readonly audit: {
    /** How long the audit trail is kept. */
    readonly retentionDays: number;
  };
  readonly notifications: {
    /** Whether webhooks may call addresses that are not public, and without encryption. */
    readonly allowPrivateAddresses: boolean;
    /** How long the log of deliveries is kept. */
    readonly retentionDays: number;
  };
  /** Keys for the secrets of Deployments. The first key encrypts, all decrypt. */
  readonly secrets: { readonly encryptionKeys: readonly string[] };
  readonly logging: { readonly level: LogLevel };
  readonly workers: {
    /** False makes this replica serve the API and leave background jobs to others. */
    readonly enabled: boolean;
    readonly concurrency: number;
    readonly retryCount: number;
    readonly outageMinutes: number;
    /** A process that does not renew its lease for this long loses its jobs to others. */
    readonly leaseSeconds: number;
  };
  readonly rollouts: { readonly driver: RolloutDriverName };
  readonly limits: LimitsConfig;
  readonly deployments: DeploymentsConfig;
  /** Nightly removal of revisions older than `deployments.rollback.retentionDays`. */
  readonly cleanup: {
    readonly enabled: boolean;
    /** Five numeric cron fields, in UTC. */
    readonly schedule: string;
  };
}

/** Limits on what users may create. */
interface LimitsConfig {
  /** Workspaces of a user without a system role. */
  readonly workspacesPerUser: number;
  readonly deploymentsPerWorkspace: number;
  /** For each Workspace, each Deployment, and the system. */
  readonly serviceAccounts: number;
  readonly bundleBytesPerDeployment: number;
  /** Max quarantines of one Deployment. */
  readonly quarantinesPerDeployment: number;
  /** Of one Workspace, and of the installation. */
  readonly webhooks: number;
}

interface ServerConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The port of `/metrics` and of the details of `/v1/readyz`. Absent: that of the API. */
  readonly operatorPort?: number;
  readonly endpoint: string;
  /** Path of GraphQL over WebSocket. */
  readonly subscriptions: string;
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly bodyLimitBytes: number;
  readonly anonymousBodyLimitBytes: number;
  readonly requestTimeoutSeconds: number;
  readonly idleTimeoutSeconds: number;
  readonly uploadTimeoutSeconds: number;
  readonly uploadMinBytesPerSecond: number;
  /** How many proxies, or the proxies of which networks, are trusted to set `X-Forwarded-*`; true trusts all. */
  readonly trustProxy: boolean | number | readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly baseDomain: string;
  /** The URL at which browsers reach this process, without a path. */
  readonly publicUrl?: string;
  readonly subdomain: string;
  readonly appSubdomain: string;
  readonly subdomainHttps: boolean;
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxCost: number;
  readonly introspection: boolean | "signed-in";
  readonly maxObjects: number;
  readonly workPerMinute: number;
  /** Limits for callers without a session. */
  readonly anonymous: {
    readonly maxTokens: number;
    readonly maxAliases: number;
    readonly maxCost: number;
    readonly requestsPerSecond: number;
    readonly workPerMinute: number;
  };
}

export type DatabaseConfig =
  | { readonly kind: "embedded" }
  | { readonly kind: "url"; readonly url: string; readonly poolSize: number; readonly migrateOnStart: boolean };

export type ElasticsearchConfig =
  | { readonly kind: "off"; readonly indexPrefix: string; readonly pollIntervalMs: number }
  | {
      readonly kind: "on";
      readonly node: string;
      readonly indexPrefix: string;
      readonly auditIndexPrefix: string;
      /** Set together with `password`, and never together with `apiKey`. */
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
        /** Set together with `secretAccessKey`. */
        readonly accessKeyId?: string;
        readonly secretAccessKey?: string;
        readonly forcePathStyle: boolean;
      };
}

/** The installation's own container registry. */
export interface RegistryConfig {
  /** The URL at which this process reaches the registry, without a path. */
  readonly url: string;
  /** The host in the names of the registry's images. */
  readonly publicHost: string;
  /** The `Authorization` header of the registry's notifications. Absent: none are accepted. */
  readonly authHeader?: string;
  readonly takesEvents: boolean;
  /** A folder with `tls.key` and `tls.crt`, which sign the registry's tokens. */
  readonly certPath?: string;
  readonly issuer: string;
  readonly service: string;
  readonly baseImages: readonly string[];
  /** A Docker config.json with the passwords of other registries. */
  readonly credentialsFile?: string;
  readonly anonymousHosts: readonly string[];
  /** Hosts beside a foreign registry that its answers may send us to. */
  readonly trustedHosts: readonly string[];
  readonly maxExtraDeployments: number;
}

interface AuthConfig {
  readonly localEnabled: boolean;
  readonly publicSignups: boolean;
  /** Users who sign up by themselves are pending until an administrator has confirmed the address. */
  readonly emailConfirmation: boolean;
  /** The secret by which the first user becomes SYSTEM_ADMIN. Absent: the start makes one. */
  readonly bootstrapToken?: string;
  /** The address of a person who may become the first user without that secret. */
  readonly bootstrapAdminEmail?: string;
  /** False refuses users who sign in through a provider and are in no Team. */
  readonly userManagement: boolean;
  /** Admins of Workspaces and Deployments may add users and Teams whom they share nothing with. */
  readonly openDirectory: boolean;
  readonly sessionMs: number;
  /** A folder with `tls.key`, or a PEM file. Absent: the process creates a key of its own. */
  readonly signingKeyPath?: string;
  /** Of the key that signed before: proves sessions, and signs none. */
  readonly previousSigningKeyPath?: string;
  /** Limits on sign-ups without an invitation. */
  readonly signUps: {
    readonly perAddress: number;
    readonly total: number;
    readonly windowSeconds: number;
  };
  readonly loginAttempts: {
    readonly perAccount: number;
    readonly perAddress: number;
    readonly windowSeconds: number;
  };
}

/** Signing in through other identity providers, by OpenID Connect. */
export interface SignOnConfig {
  /** The enabled providers, in the order in which they are offered. */
  readonly providers: readonly ProviderConfig[];
  readonly clockToleranceSeconds: number;
  readonly timeoutSeconds: number;
  /** Whether groups of the provider become Teams; `teamFilter` selects which. */
  readonly importGroups: boolean;
  readonly teamFilter?: string;
}

export interface ProviderConfig {
  readonly name: ProviderName;
  readonly displayName: string;
  /** With or without `/.well-known/openid-configuration`; https, or http on this machine. */
  readonly discoveryUrl: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  readonly clientAuthentication?: "client_secret_basic" | "client_secret_post";
  readonly scope: string;
  readonly authUrlParams: Readonly<Record<string, string>>;
  readonly claims: ClaimsMapping;
  readonly fetchUserInfo: boolean;
  readonly assumeEmailVerified: boolean;
}

export interface DeploymentsConfig {
  readonly rollback: {
    readonly enabled: boolean;
    /** How long history is kept, and how far back a rollback may reach. */
    readonly retentionDays: number;
    readonly dagTarballVersionValidation: boolean;
    readonly requireDataLossAcknowledgement: boolean;
    readonly allowAirflow3To2: boolean;
    readonly serviceAccountsMayLiftQuarantines: boolean;
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
  /** The pool from which namespaces are chosen. */
  readonly preCreatedNamespaces: readonly string[];
  readonly namespaceFreeFormEntry: boolean;
  readonly triggererEnabled: boolean;
  /** The size of one Astro unit, in millicores and Mi. */
  readonly astroUnit: { readonly cpu: number; readonly memory: number };
  readonly astroUnitsEnabled: boolean;
  readonly maxExtraAu: number;
  /** Limits that replace the platform's own. */
  readonly components: readonly ComponentSize[];
  readonly astroRuntimeEnabled: boolean;
  readonly listAllRuntimeVersions: boolean;
  readonly minimumRuntimeVersion: string;
  /** Versions of majors that the catalogue does not reach. */
  readonly allowUnknownRuntimeVersions: boolean;
  /** An absolute path or an http(s) URL of a catalogue that replaces the shipped one. */
  readonly runtimeReleases?: string;
  /** The header in which the proxy sends the URL to check. Absent: either header counts. */
  readonly ingressCheckHeader?: "X-Original-URL" | "X-Forwarded-Uri";
  /** The URL of Deployments from outside, if not `https://<subdomain>.<baseDomain>`. */
  readonly publicUrl?: string;
  readonly subdomain: string;
  readonly maxDeployRevisionPage: number;
  readonly maxWorkspacePage: number;
  readonly maxWorkspaceUserPage: number;
  readonly defaultRuntimeRepository: string;
  readonly defaultAirflowRepository: string;
  /** Includes the repository, as in `registry.example.com/team/airflow`. */
  readonly byoRegistryHost?: string;
}
