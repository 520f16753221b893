export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const ROLLOUT_DRIVERS = ["filesystem"] as const;
export type RolloutDriverName = (typeof ROLLOUT_DRIVERS)[number];

export const PROVIDER_NAMES = ["auth0", "google", "okta", "microsoft", "adfs", "custom"] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Names of claims, if they are not the usual ones. */
export interface ClaimsMapping {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly groups?: string | undefined;
}

/** Changes by role: true adds a permission to the role's defaults, false removes it. */
export type RoleOverrides = Readonly<Record<string, { readonly permissions: Readonly<Record<string, boolean>> }>>;

/** Limits of one component of Airflow, in Astro units; see value-kinds.ts. */
export interface ComponentSize {
  readonly name: string;
  readonly au?: { readonly limit?: number | undefined } | undefined;
  readonly extra?: readonly { readonly name: string; readonly limit?: number | undefined }[] | undefined;
}
