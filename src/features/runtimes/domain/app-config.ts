/** Public facts about the installation, for clients without a session too. */
export interface PlatformSettings {
  readonly baseDomain: string;
  readonly byoRegistryHost?: string;
  readonly manualReleaseNames: boolean;
  readonly manualNamespaceNames: boolean;
  readonly namespaceFreeFormEntry: boolean;
  readonly configureDagDeployment: boolean;
  readonly nfsMountDagDeployment: boolean;
  readonly gitSyncDagDeployment: boolean;
  readonly dagOnlyDeployment: boolean;
  readonly hardDeleteDeployment: boolean;
  readonly triggererEnabled: boolean;
  readonly astroRuntimeEnabled: boolean;
  readonly listAllRuntimeVersions: boolean;
  readonly minimumRuntimeVersion: string;
  readonly rollback: {
    readonly enabled: boolean;
    readonly retentionDays: number;
    readonly requireDataLossAcknowledgement: boolean;
  };
  /** The product's own. */
  readonly productVersion: string;
}

/**
 * The platform version whose API this is. The `astro` CLI chooses its queries by it, so it is not the
 * product's own version.
 */
const DIALECT_VERSION = "0.35.4";

export function appConfigOf(settings: PlatformSettings) {
  const { nfsMountDagDeployment, hardDeleteDeployment, manualNamespaceNames, triggererEnabled } = settings;
  const { gitSyncDagDeployment, namespaceFreeFormEntry, astroRuntimeEnabled, dagOnlyDeployment } = settings;
  return {
    version: DIALECT_VERSION,
    productVersion: settings.productVersion,
    deployRollback: settings.rollback,
    baseDomain: settings.baseDomain,
    byoUpdateRegistryHost: settings.byoRegistryHost ?? null,
    smtpConfigured: false,
    manualReleaseNames: settings.manualReleaseNames,
    configureDagDeployment: settings.configureDagDeployment,
    nfsMountDagDeployment,
    manualNamespaceNames,
    hardDeleteDeployment,
    triggererEnabled,
    featureFlags: {
      nfsMountDagDeployment,
      hardDeleteDeployment,
      manualNamespaceNames,
      triggererEnabled,
      gitSyncDagDeployment,
      namespaceFreeFormEntry,
      byoUpdateRegistryEnabled: settings.byoRegistryHost !== undefined,
      astroRuntimeEnabled,
      dagOnlyDeployment,
    },
  };
}
