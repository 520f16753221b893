import { chart, config, deployments, houston, optionalSetting, setting } from "./setting";
import {
  dnsLabel,
  filePathOrUrl,
  imageRepository,
  listOfNamespaces,
  oneOf,
  textLike,
  trueOrFalse,
  url,
  wholeNumber,
  type ValueKind,
} from "./value-kinds";
import { resources } from "./resource-settings";
import { rollback } from "./rollback-settings";

/** The platform's own name for the catalogue that it ships. */
const SHIPPED_CATALOGUE = "astro_runtime_releases.json";
const runtimeCatalogue: ValueKind<string | undefined> = {
  expected: filePathOrUrl.expected,
  schema: filePathOrUrl.schema.transform((value) => (value === SHIPPED_CATALOGUE ? undefined : value)),
  fromText: (value) => value,
  toAbsolute: (value, workingDirectory) =>
    value === undefined ? value : filePathOrUrl.toAbsolute?.(value, workingDirectory),
};
const byoRegistry = (key: string): readonly string[] => [
  config(`registry.protectedCustomRegistry.${key}`),
  deployments(`registry.protectedCustomRegistry.${key}`),
];

const deployMechanisms = {
  dagOnlyDeployment: setting({
    kind: trueOrFalse,
    default: false,
    embeddedDefault: true,
    values: [
      deployments("deployMechanisms.dagOnlyDeployment.enabled"),
      deployments("dagOnlyDeployment"),
      deployments("dagDeploy.enabled"),
      chart("deployMechanisms.dagOnlyDeployment.enabled"),
      chart("dagOnlyDeployment.enabled"),
    ],
    description: "Allow deploys of DAGs without an image.",
  }),
  updateDeploymentImageEndpoint: setting({
    kind: trueOrFalse,
    default: false,
    embeddedDefault: true,
    values: [
      deployments("deploymentImagesRegistry.updateDeploymentImageEndpoint.enabled"),
      deployments("enableUpdateDeploymentImageEndpoint"),
    ],
    description: "Offer the mutation `updateDeploymentImage`.",
  }),
  updateDeploymentImageDockerValidation: setting({
    kind: trueOrFalse,
    default: false,
    values: [
      deployments("deploymentImagesRegistry.updateDeploymentImageEndpointDockerValidation.enabled"),
      deployments("enableUpdateDeploymentImageEndpointDockerValidation"),
    ],
    description: "Check in the registry that a deployed image exists.",
  }),
  configureDagDeployment: setting({
    kind: trueOrFalse,
    default: false,
    embeddedDefault: true,
    values: [deployments("deployMechanisms.configureDagDeployment.enabled"), deployments("configureDagDeployment")],
    description: "Let a Deployment choose another deploy mechanism than the image.",
  }),
  nfsMountDagDeployment: setting({
    kind: trueOrFalse,
    default: false,
    values: [deployments("deployMechanisms.nfsMountDagDeployment.enabled"), deployments("nfsMountDagDeployment")],
    description: "Offer DAGs from an NFS volume.",
  }),
  gitSyncDagDeployment: setting({
    kind: trueOrFalse,
    default: false,
    values: [deployments("deployMechanisms.gitSyncDagDeployment.enabled"), deployments("gitSyncDagDeployment")],
    description: "Offer DAGs from a Git repository.",
  }),
  upsertDeployment: setting({
    kind: trueOrFalse,
    default: false,
    embeddedDefault: true,
    values: [deployments("upsertDeploymentEnabled")],
    description: "Offer the mutation `upsertDeployment`.",
  }),
  tagPrefix: setting({
    kind: textLike(/^\w[\w.-]*$/, "letters, digits, _, . and -"),
    default: "deploy",
    values: [deployments("tagPrefix")],
    description: "Prefix of image tags that the platform makes.",
  }),
};

const lifeOfDeployments = {
  hardDeleteDeployment: setting({
    kind: trueOrFalse,
    default: false,
    values: [deployments("deploymentLifecycle.hardDeleteDeployment.enabled"), deployments("hardDeleteDeployment")],
    description:
      "Delete every Deployment for good at once; otherwise only where that is asked for, and the others are kept for a while.",
  }),
  softDeletedRetentionDays: setting({
    kind: wholeNumber(0, 3650),
    default: 14,
    values: [houston("cleanupDeployments.olderThan")],
    description: "Days that a deleted Deployment is kept.",
  }),
  manualReleaseNames: setting({
    kind: trueOrFalse,
    default: false,
    embeddedDefault: true,
    values: [deployments("namespaceManagement.manualReleaseNames.enabled"), deployments("manualReleaseNames")],
    description: "Let people choose release names.",
  }),
  manualNamespaceNames: setting({
    kind: trueOrFalse,
    default: false,
    values: [
      deployments("namespaceManagement.manualNamespaceNames.enabled"),
      deployments("manualNamespaceNames"),
      chart("namespaceManagement.manualNamespaceNames.enabled"),
      chart("manualNamespaceNamesEnabled"),
    ],
    description: "Let people choose the namespace from a pool.",
  }),
  preCreatedNamespaces: setting({
    kind: listOfNamespaces,
    default: [],
    values: [deployments("namespaceManagement.preCreatedNamespaces"), deployments("preCreatedNamespaces")],
    description:
      "The pool that namespaces are chosen from where `manualNamespaceNames` is on; each goes to one Deployment.",
  }),
  namespacePoolEnabled: setting({
    kind: trueOrFalse,
    default: false,
    values: [chart("namespaceManagement.namespacePools.enabled"), chart("features.namespacePools.enabled")],
    env: ["NAMESPACE_POOLS__ENABLED"],
    description:
      "The chart's own way to set up a pool: as `manualNamespaceNames` and `hardDeleteDeployment`, with the names that follow.",
  }),
  namespacePoolNames: setting({
    kind: listOfNamespaces,
    default: [],
    values: [
      chart("namespaceManagement.namespacePools.namespaces.names"),
      chart("features.namespacePools.namespaces.names"),
    ],
    env: ["NAMESPACE_POOLS__NAMES"],
    description: "Namespaces of the chart's pool, where `preCreatedNamespaces` is empty.",
  }),
  namespaceFreeFormEntry: setting({
    kind: trueOrFalse,
    default: false,
    values: [
      deployments("namespaceManagement.namespaceFreeFormEntry.enabled"),
      deployments("namespaceFreeFormEntry"),
      chart("namespaceManagement.namespaceFreeFormEntry.enabled"),
      chart("namespaceFreeFormEntry"),
    ],
    description: "Let people type any namespace.",
  }),
  triggererEnabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [
      deployments("airflowComponents.triggerer.enabled"),
      deployments("triggererEnabled"),
      deployments("triggerer.enabled"),
    ],
    description: "Offer the triggerer.",
  }),
  publicUrl: optionalSetting({
    kind: url("http", "https"),
    values: [deployments("publicUrl")],
    description:
      "Where Deployments and uploads of DAGs are reached from outside; without it https:// with the subdomain and the base domain, and this process itself where that is localhost.",
  }),
  ingressCheckHeader: optionalSetting({
    kind: oneOf(["X-Original-URL", "X-Forwarded-Uri"]),
    values: [deployments("ingressCheck.header")],
    description:
      "The header in which the proxy puts the URL that it asks `/v1/authorization` about; without it either counts, and both only where they agree.",
  }),
  subdomain: setting({
    kind: dnsLabel,
    default: "deployments",
    values: [deployments("subdomain")],
    description: "First label of the host that takes DAG uploads.",
  }),
  maxDeployRevisionPage: setting({
    kind: wholeNumber(1, 1000),
    default: 101,
    values: [
      deployments("metricsReporting.pagination.deployRevision.maxTake"),
      deployments("pagination.deployRevision.maxTake"),
    ],
    description: "Largest page of deploy revisions.",
  }),
  maxWorkspacePage: setting({
    kind: wholeNumber(1, 1000),
    default: 101,
    values: [deployments("metricsReporting.pagination.workspace.maxTake"), deployments("pagination.workspace.maxTake")],
    description: "Largest page of Workspaces.",
  }),
  maxWorkspaceUserPage: setting({
    kind: wholeNumber(1, 1000),
    default: 101,
    values: [
      deployments("metricsReporting.pagination.workspaceUsers.maxTake"),
      deployments("pagination.workspaceUsers.maxTake"),
    ],
    description: "Largest page of the users of a Workspace.",
  }),
};

const versionsAndImages = {
  astroRuntimeEnabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [deployments("astroRuntimeEnabled")],
    description: "Offer Astro Runtime images.",
  }),
  listAllRuntimeVersions: setting({
    kind: trueOrFalse,
    default: false,
    values: [
      deployments("runtimeManagement.listAllRuntimeVersions.enabled"),
      deployments("enableListAllRuntimeVersions"),
    ],
    description: "List deprecated Runtime versions, and not only the latest patches.",
  }),
  minimumRuntimeVersion: setting({
    kind: textLike(/^\d+\.\d+[.-]\d+/, "a Runtime version such as 4.2.5 or 3.1-2"),
    default: "4.2.5",
    values: [deployments("minAstroRuntimeVersion")],
    description: "Oldest Runtime version that may run.",
  }),
  allowUnknownRuntimeVersions: setting({
    kind: trueOrFalse,
    default: false,
    values: [deployments("allowUnknownRuntimeVersions")],
    description:
      "Take Runtime and Airflow versions whose major nobody has heard of. They are refused otherwise, as typing errors; other versions that the catalogue lacks are always taken, and told in the log.",
  }),
  runtimeReleases: optionalSetting({
    kind: runtimeCatalogue,
    values: [deployments("runtimeManagement.astroRuntimeReleasesFile"), deployments("astroRuntimeReleasesFile")],
    secret: "credentials in URL",
    description:
      "Runtime catalogue, a file or an https URL (http on this machine only), that replaces the shipped one; `astro_runtime_releases.json`, the platform's default, is the shipped one.",
  }),
  defaultRuntimeRepository: setting({
    kind: imageRepository,
    default: "quay.io/astronomer/astro-runtime",
    values: [deployments("helm.defaultRuntimeRepository")],
    description: "Repository of Runtime images.",
  }),
  defaultAirflowRepository: setting({
    kind: imageRepository,
    default: "quay.io/astronomer/ap-airflow",
    values: [deployments("helm.airflow.defaultAirflowRepository")],
    description: "Repository of Airflow images that are not Runtime images.",
  }),
  byoRegistryEnabled: setting({
    kind: trueOrFalse,
    default: true,
    values: byoRegistry("enabled"),
    description: "False switches the custom registry off although a host is configured.",
  }),
  byoUpdateRegistryEnabled: setting({
    kind: trueOrFalse,
    default: true,
    values: byoRegistry("updateRegistry.enabled"),
    description: "False switches off pushing to the custom registry although a host is configured.",
  }),
  byoRegistryHost: optionalSetting({
    kind: imageRepository,
    values: byoRegistry("updateRegistry.host"),
    onlyIf: ["deployments.byoRegistryEnabled", "deployments.byoUpdateRegistryEnabled"],
    description: "Custom registry that images are pushed to, repository included.",
  }),
};

export const deploymentSettings = {
  rollback,
  ...deployMechanisms,
  ...lifeOfDeployments,
  ...resources,
  ...versionsAndImages,
};
