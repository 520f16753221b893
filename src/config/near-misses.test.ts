import { misspeltKeys, misspeltVariables } from "./near-misses";
import { isNear } from "./is-near";
import { parseValues } from "./values-file";

const warningsOf = (...lines: string[]): string[] => misspeltKeys(parseValues(lines.join("\n"), "values.yaml"));
const CONFIG = "astronomer.houston.config";

test.each<[string, string[], string]>([
  [
    "misspelt",
    ["global:", "  deployRolbackEnabled: true"],
    "values.yaml:2: global.deployRolbackEnabled is not read: did you mean global.deployRollbackEnabled?",
  ],
  [
    "with two letters swapped",
    ["astronomer: { houston: { config: { webserver: { prot: 1 } } } }"],
    `values.yaml:1: ${CONFIG}.webserver.prot is not read: did you mean ${CONFIG}.webserver.port?`,
  ],
  [
    "in another case",
    ["global: { basedomain: example.com }"],
    "values.yaml:1: global.basedomain is not read: did you mean global.baseDomain?",
  ],
  [
    "in the middle of a path",
    ["astronomer: { houston: { confg: { auth: { local: { enabled: false } } } } }"],
    "values.yaml:1: astronomer.houston.confg is not read: did you mean astronomer.houston.config?",
  ],
  ["at the top", ["astronmer: { houston: {} }"], "values.yaml:1: astronmer is not read: did you mean astronomer?"],
  [
    "of the chart in the place of the API",
    ["astronomer:", "  houston:", "    config:", "      deployRollbackEnabled: true"],
    `values.yaml:4: ${CONFIG}.deployRollbackEnabled is not read: did you mean global.deployRollbackEnabled?`,
  ],
  [
    "of the API in the place of the chart",
    ["global: { enableUpdateDeploymentImageEndpoint: true }"],
    `values.yaml:1: global.enableUpdateDeploymentImageEndpoint is not read: did you mean ${CONFIG}.deployments.enableUpdateDeploymentImageEndpoint?`,
  ],
  [
    "one level too high, with what is below it",
    ["astronomer: { houston: { config: { deployRollback: { enabled: true, other: 1 } } } }"],
    `values.yaml:1: ${CONFIG}.deployRollback is not read: did you mean ${CONFIG}.deployments.deployRollback?`,
  ],
  [
    "without what should be above it",
    ["auth: { local: { enabled: false } }"],
    `values.yaml:1: auth is not read: did you mean ${CONFIG}.auth?`,
  ],
  [
    "below a second houston",
    ["houston: { config: { auth: { local: { enabled: false } } } }"],
    `values.yaml:1: houston.config is not read: did you mean ${CONFIG}?`,
  ],
  [
    "for the clean-up in the place of the configuration",
    ["astronomer: { houston: { config: { cleanupDeployRevisions: { olderThan: 7 } } } }"],
    `values.yaml:1: ${CONFIG}.cleanupDeployRevisions is not read: did you mean astronomer.houston.cleanupDeployRevisions?`,
  ],
  [
    "written as a path",
    ["global.baseDomain: example.com"],
    'values.yaml:1: global.baseDomain is not read: nest each part of "global.baseDomain" below the one before it',
  ],
  [
    "written as a path below its parents",
    ["astronomer: { houston: { config: { auth.local: { enabled: false } } } }"],
    `values.yaml:1: ${CONFIG}.auth.local is not read: nest each part of "auth.local" below the one before it`,
  ],
])("a key %s gets a warning", (_, lines, warning) => {
  expect(warningsOf(...lines)).toEqual([warning]);
});

test.each<[string, string[]]>([
  ["the right key is there as well", ["global: { deployRolbackEnabled: true, deployRollbackEnabled: true }"]],
  ["it is far from any other", ["global: { rbacEnabled: true, sccEnabled: false, tlsSecret: x }"]],
  ["it belongs to another chart", ["elasticsearch: { client: { replicas: 2 } }", "nginx: { host: h }"]],
  ["the name is short", ["astronomer: { houston: { config: { ui: { port: 1 }, jwt: { pass: x } } } }"]],
  ["it is below a setting", ["astronomer: { houston: { config: { roles: { SYSTEM_ADMIN: { permission: 1 } } } } }"]],
  [
    "Airflow's own chart has such names",
    ["astronomer: { houston: { config: { deployments: { helm: { auth: { local: { enabled: true } } } } } } }"],
  ],
])("a key gets no warning where %s", (_, lines) => {
  expect(warningsOf(...lines)).toEqual([]);
});

/** Documented for the platform's releases 0.35 to 2.x, and read by other parts of it. */
const OF_THE_PLATFORM = {
  global: [
    ...[
      "tlsSecret",
      "privateCaCerts",
      "postgresqlEnabled",
      "rbacEnabled",
      "sccEnabled",
      "singleNamespace",
      "podLabels",
    ],
    ...["nats.enabled", "nats.jetStream.tls", "fluentdEnabled", "daemonsetLogging.enabled", "customLogging.enabled"],
    ...["loggingSidecar.enabled", "logging.loggingSidecar.name", "taskUsageMetricsEnabled", "networkPolicy.enabled"],
    ...["dagOnlyDeployment.image", "dagOnlyDeployment.securityContext.fsGroup", "plane.mode", "plane.domainPrefix"],
    ...[
      "privateRegistry.enabled",
      "openshift.enabled",
      "ssl.enabled",
      "namespaceFreeFormEntry",
      "airflowOperator.enabled",
    ],
  ],
  "astronomer.houston": [
    ...[
      "replicas",
      "worker.replicas",
      "resources.limits.cpu",
      "apollo.x",
      "bootstrapper.enabled",
      "upgradeDeployments.enabled",
    ],
    ...[
      "updateRuntimeCheck.enabled",
      "updateAirflowCheck.url",
      "expireDeployments.dryRun",
      "cleanupDeployments.canary",
    ],
    ...[
      "cleanupTaskUsageData.olderThan",
      "airflowReleasesConfig",
      "runtimeReleasesConfig",
      "strictSchemaCheck.enabled",
    ],
    ...["runtimeReleasesConfigMapName", "serviceAccount.create", "livenessProbe.path", "secretName", "podAnnotations"],
  ],
  "astronomer.houston.config": [
    ...[
      "email.enabled",
      "email.smtpUrl",
      "email.reply",
      "host",
      "port",
      "nats.ackWait",
      "commander.host",
      "sslVerification",
    ],
    ...[
      "disableSSLVerify",
      "updateRuntimeCheckEnabled",
      "jwt.passphrase",
      "serviceAccounts.showFor",
      "prometheus.host",
    ],
    ...["ui.externalUrls.documentation.deployRollbacks", "ui.publicSignups", "grafana.enabled", "auth.github.enabled"],
    ...["helm.releaseName", "helm.releaseNamespace", "elasticsearch.client.log", "elasticsearch.mockInDevelopment"],
    ...["workers.deploymentCreated.retryCount", "registry.protectedCustomRegistry.baseRegistry.host", "stripe.enabled"],
    ...["userManagement.users", "publicSignups.x", "trial.enabled", "cookieName", "quotas.enabled", "subscriptions.x"],
  ],
  "astronomer.houston.config.deployments": [
    ...[
      "loggingSidecar.enabled",
      "logging.loggingSidecar.enabled",
      "kibanaUIEnabled",
      "logHelmValues",
      "airflowReleasesFile",
    ],
    ...["canUpsertDeploymentFromUI", "upsertDeployment.allowFromUi.enabled", "releaseVerification", "database.enabled"],
    ...[
      "database.connection",
      "sysAdminScalabilityImprovementsEnabled",
      "runtimeEnvOverideSemverCheck",
      "chart.version",
    ],
    ...["pagination.workspaceTasks.maxTake", "pagination.taskUsage.maxTake", "taskUsageReport.taskUsageMetricsEnabled"],
    ...[
      "airflowMinimumAstroRuntimeVersion",
      "runtimeManagement.airflowV3.enabled",
      "enableSystemAdminCanCreateDeprecatedAirflows",
    ],
    ...[
      "namespaceLabels.team",
      "maxPodAu",
      "executors",
      "serviceAccountAnnotationKey",
      "mockWebhook.url",
      "helm.executor",
    ],
    ...["helm.airflow.images.airflow.tag", "helm.airflow.workers.resources.limits.cpu", "helm.gitSyncRelay.enabled"],
  ],
};

test("keys that other parts of the platform read get no warning", () => {
  const paths = Object.entries(OF_THE_PLATFORM).flatMap(([parent, keys]) => keys.map((key) => `${parent}.${key}`));
  const nested = (path: string): string =>
    path
      .split(".")
      .map((key, depth) => `${"  ".repeat(depth)}${key}:`)
      .join("\n");
  expect(paths.flatMap((path) => warningsOf(`${nested(path)} 1`))).toEqual([]);
});

const variables = (...names: string[]): string[] =>
  misspeltVariables(new Map(names.map((name) => [name, `environment: ${name}`])));

test.each([
  ["AUTH__LOCAL__ENABELD", "AUTH__LOCAL__ENABLED"],
  ["DEPLOYMENTS__DEPLOY_ROLBACK__ENABLED", "DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED"],
  ["DATABSE_URL", "DATABASE_URL"],
  ["MIGRATE_AT_START", undefined],
  ["AUTH_LOCAL_ENABLED", "AUTH__LOCAL__ENABLED"],
  ["JWT_CERT_PATH", "JWT__CERT_PATH"],
  ["VALUES_FILES", "VALUES_FILE"],
])("the variable %s is told to mean %s", (name, meant) => {
  expect(variables(name, "PATH", "HOME")).toEqual(
    meant === undefined ? [] : [`environment: ${name} is not read: did you mean ${meant}?`],
  );
});

test("variables of the shell, of Kubernetes, of the platform and of other programs get no warning", () => {
  const others = [
    ...["PATH", "HOME", "HOSTNAME", "USER", "SHELL", "LANG", "TZ", "PWD", "NODE_ENV", "NODE_OPTIONS", "POST", "HOSTS"],
    ...["REGISTRY_PORT", "REGISTRY_HOST", "REGISTRY_SERVICE_HOST", "REGISTRY_PORT_5000_TCP", "WEBSERVER_PORT"],
    ...["KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT", "npm_config_registry", "ELASTICSEARCH_PORT"],
    ...["HOUSTON__HOST", "COMMANDER__HOST", "COMMANDER__PORT", "NATS__SERVERS", "NATS__CLUSTER_ID", "EMAIL__SMTP_URL"],
    ...[
      "DEPLOYMENTS__DATABASE__CONNECTION",
      "JWT__PASSPHRASE",
      "AUTH__GITHUB__ENABLED",
      "AIRFLOW__CORE__LOAD_EXAMPLES",
    ],
    ...["AUTH__OPENID_CONNECT__CUSTOM__BASE_DOMAIN", "REGISTRY__HOST", "GITHUB_TOKEN", "PGHOST", "DATABASE_NAME"],
  ];
  expect(variables(...others)).toEqual([]);
  expect(variables("DATABSE_URL", "DATABASE_URL")).toEqual([]);
});

test.each([
  ["enabled", "enabeld", true],
  ["enabled", "Enabled", true],
  ["enabled", "disabled", false],
  ["host", "hots", true],
  ["host", "port", false],
  ["jwt", "jwk", false],
  ["JWT", "jwt", true],
  ["openidConect", "openidConnect", true],
  ["openIDconnct", "openidConnect", true],
  ["openidCnect", "openidConnect", true],
  ["openidCnct", "openidConnect", false],
])("%s is near %s: %s", (name, other, near) => {
  expect(isNear(name, other)).toBe(near);
});
