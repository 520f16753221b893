import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "./config";
import { ConfigurationError } from "./configuration-error";
import { loadConfig } from "./load-config";

const cwd = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** Files are named `1.yaml`, `2.yaml` and so on, in their order on the command line. */
function load(files: readonly string[], env: Record<string, string> = {}): Config {
  const valuesFiles = files.map((text, index) => {
    writeFileSync(join(cwd, `${index + 1}.yaml`), text);
    return `${index + 1}.yaml`;
  });
  return loadConfig({ valuesFiles, env, cwd }).config;
}

function warningsOf(files: readonly string[]): readonly string[] {
  load(files);
  return loadConfig({ valuesFiles: files.map((_, index) => `${index + 1}.yaml`), env: {}, cwd }).warnings;
}

function problemsOf(files: readonly string[], env: Record<string, string> = {}): readonly string[] {
  try {
    load(files, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const PRODUCTION = { DATABASE_URL: "postgres://app:secret@db.example.com/retrograde" };

/** A values.yaml with one line under `astronomer.houston.config.deployments`. */
const deployments = (line: string) => `astronomer: { houston: { config: { deployments: { ${line} } } } }`;
const houstonConfig = (line: string) => `astronomer: { houston: { config: { ${line} } } }`;
const houston = (line: string) => `astronomer: { houston: { ${line} } }`;

describe("the block of the public page on rollbacks", () => {
  const cleanUp = [
    "houston:",
    "    cleanupDeployRevisions:",
    "        enabled:  true",
    "houston:",
    "    cleanupDeployRevisions:",
    "        olderThan:  30",
  ];
  const since035 = [
    "astronomer:",
    "  houston:",
    "    config:",
    "      deployments:",
    "        enableUpdateDeploymentImageEndpoint: true",
    "global:",
    "    deployRollbackEnabled: true",
    ...cleanUp,
    "global:",
    "  dagOnlyDeployment:",
    "    enabled: true",
  ];
  const since2 = [
    "astronomer:",
    "  houston:",
    "    config:",
    "      deployments:",
    "        deploymentImagesRegistry:",
    "          updateDeploymentImageEndpoint:",
    "            enabled: true",
    "global:",
    "    deploymentLifecycle:",
    "      deployRollback:",
    "        enabled: true",
    ...cleanUp,
    "global:",
    "  deployMechanisms:",
    "    dagOnlyDeployment:",
    "      enabled: true",
  ];

  test.each([
    ["0.35", since035],
    ["2.x", since2],
  ])("works as it is, in the spelling of %s", (_, lines) => {
    const config = load([lines.join("\n")], PRODUCTION);
    expect(config.cleanup.enabled).toBe(true);
    expect(config.deployments).toMatchObject({
      rollback: { enabled: true, retentionDays: 30 },
      updateDeploymentImageEndpoint: true,
      dagOnlyDeployment: true,
    });
  });
});

describe("what wins", () => {
  const rollbackEnabled = (config: Config) => config.deployments.rollback.enabled;
  const retentionDays = (config: Config) => config.deployments.rollback.retentionDays;
  const cases: [string, (config: Config) => unknown, unknown, string[], Record<string, string>?][] = [
    [
      "config beats chart",
      rollbackEnabled,
      false,
      ["global: { deployRollbackEnabled: true }", deployments("deployRollback: { enabled: false }")],
    ],
    [
      "config beats chart in an earlier file",
      rollbackEnabled,
      false,
      [deployments("deployRollback: { enabled: false }"), "global: { deployRollbackEnabled: true }"],
    ],
    [
      "2.x beats 0.35 in the chart",
      rollbackEnabled,
      true,
      ["global: { deployRollbackEnabled: false, deploymentLifecycle: { deployRollback: { enabled: true } } }"],
    ],
    [
      "2.x beats 0.35 in the config",
      rollbackEnabled,
      false,
      [deployments("deployRollback: true, deploymentLifecycle: { deployRollback: { enabled: false } }")],
    ],
    [
      "0.35 config beats 2.x chart",
      rollbackEnabled,
      false,
      ["global: { deploymentLifecycle: { deployRollback: { enabled: true } } }", deployments("deployRollback: false")],
    ],
    [
      "config beats the clean-up's value",
      retentionDays,
      20,
      [
        houston(
          "cleanupDeployRevisions: { olderThan: 10 }, config: { deployments: { deployRollback: { deployRevisionReportNumberOfDays: 20 } } }",
        ),
      ],
    ],
    [
      "astronomer.houston beats top-level houston",
      retentionDays,
      10,
      [houston("cleanupDeployRevisions: { olderThan: 10 }"), "houston: { cleanupDeployRevisions: { olderThan: 20 } }"],
    ],
    [
      "a later file beats an earlier one",
      retentionDays,
      20,
      [houston("cleanupDeployRevisions: { olderThan: 10 }"), houston("cleanupDeployRevisions: { olderThan: 20 }")],
    ],
    [
      "a later null unsets",
      retentionDays,
      90,
      [houston("cleanupDeployRevisions: { olderThan: 10 }"), houston("cleanupDeployRevisions: { olderThan: null }")],
    ],
    [
      "environment beats files",
      rollbackEnabled,
      false,
      [deployments("deployRollback: true")],
      { DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "false" },
    ],
    [
      "an empty variable counts as unset",
      rollbackEnabled,
      true,
      [deployments("deployRollback: true")],
      { DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "" },
    ],
    [
      "a file beats an embedded default",
      rollbackEnabled,
      false,
      ["global: { deployRollbackEnabled: false }"],
      { DATABASE_URL: "" },
    ],
    [
      "an object without enabled switches on",
      rollbackEnabled,
      true,
      [deployments("deployRollback: { deployRevisionReportNumberOfDays: 20 }")],
    ],
    [
      "what is said outright beats what is implied",
      rollbackEnabled,
      false,
      [
        "global: { deployRollbackEnabled: false }",
        deployments("deployRollback: { deployRevisionReportNumberOfDays: 20 }"),
      ],
    ],
  ];

  test.each(cases)("%s", (_, read, expected, files, env = {}) => {
    expect(read(load(files, { ...PRODUCTION, ...env }))).toBe(expected);
  });

  test("the command line's files beat those of VALUES_FILE, which go by their order", () => {
    writeFileSync(join(cwd, "a.yaml"), houstonConfig("webserver: { port: 1, host: a }, helm: { baseDomain: a }"));
    writeFileSync(join(cwd, "b.yaml"), houstonConfig("webserver: { port: 2, host: b }"));
    const { server } = load([houstonConfig("webserver: { port: 3 }")], { VALUES_FILE: "a.yaml:b.yaml" });
    expect(server).toMatchObject({ port: 3, host: "b", baseDomain: "a" });
  });
});

test("quotes around numbers, true and false make no difference", () => {
  const {
    deployments: settings,
    server,
    roles,
    ...config
  } = load(
    [
      houston('cleanupDeployRevisions: { enabled: "no", olderThan: "30" }'),
      deployments('deployRollback: { enabled: "true" }, components: [{ name: workers, au: { limit: "10" } }]'),
      houstonConfig('apollo: { introspection: "false" }, roles: { X: { permissions: { a.b: "false" } } }'),
      'global: { dagOnlyDeployment: "True" }',
    ],
    PRODUCTION,
  );
  expect(config.cleanup.enabled).toBe(false);
  expect(server.introspection).toBe(false);
  expect(roles).toEqual({ X: { permissions: { "a.b": false } } });
  expect(settings).toMatchObject({
    rollback: { enabled: true, retentionDays: 30 },
    components: [{ name: "workers", au: { limit: 10 } }],
    dagOnlyDeployment: true,
  });
});

test.each([
  ['"true "', '" 30 "'],
  ["|\n        true", ">\n        30\n"],
  ["'YES'", "'3e+01'"],
  ["!!str true", "30.0"],
])("a flag %j and a number %j are read as the chart's templates print them", (flag, number) => {
  const file = `astronomer:\n  houston:\n    cleanupDeployRevisions:\n      enabled: ${flag}\n      olderThan: ${number}\n`;
  const { cleanup, deployments: settings } = load([file], { ...PRODUCTION, CLEANUP_DEPLOY_REVISIONS__SCHEDULE: "" });
  expect(cleanup.enabled).toBe(true);
  expect(settings.rollback.retentionDays).toBe(30);
});

test.each(["x: true", "x: { enabled: true }", "x: { enabled: 'yes', other: 1 }"])(
  "a flag may be written as %s",
  (form) => {
    const written = ["hardDeleteDeployment", "dagOnlyDeployment"].map((key) => deployments(form.replace("x", key)));
    expect(load(written, PRODUCTION).deployments).toMatchObject({
      hardDeleteDeployment: true,
      dagOnlyDeployment: true,
    });
    expect(problemsOf([deployments("hardDeleteDeployment: { enabled: 7 }")])).toEqual([
      expect.stringContaining("deployments.hardDeleteDeployment.enabled: expected true or false, found 7"),
    ]);
  },
);

test("a log level may be written in capitals", () => {
  expect(load([houstonConfig("logging: { level: INFO }")]).logging.level).toBe("info");
  expect(load([], { LOG_LEVEL: "Debug" }).logging.level).toBe("debug");
});

test("a role without content changes nothing", () => {
  const { roles } = load([houstonConfig("roles: { WORKSPACE_VIEWER:, SYSTEM_ADMIN: { permissions: } }")]);
  expect(roles).toEqual({ WORKSPACE_VIEWER: { permissions: {} }, SYSTEM_ADMIN: { permissions: {} } });
});

test.each([
  ["Example.COM", "example.com"],
  ["astro.bücher.example", "astro.xn--bcher-kva.example"],
  ["10.0.0.7", "10.0.0.7"],
])("the base domain %s is %s", (written, expected) => {
  expect(load([`global: { baseDomain: ${written} }`]).server.baseDomain).toBe(expected);
});

test.each(["https://example.com", "example.com/", "example.com:8443", ".example.com", "'*.example.com'", "'{{ .x }}'"])(
  "the base domain %s is refused",
  (written) => {
    expect(problemsOf([`global: { baseDomain: ${written} }`])).toEqual([
      expect.stringContaining("expected a domain such as example.com, without https:// and without a port, found"),
    ]);
  },
);

describe("embedded mode", () => {
  const flags = {
    rollback: { enabled: true },
    dagOnlyDeployment: true,
    configureDagDeployment: true,
    updateDeploymentImageEndpoint: true,
    upsertDeployment: true,
    manualReleaseNames: true,
  };

  test("has everything on that a rollback needs", () => {
    const config = load([]);
    expect(config.database).toEqual({ kind: "embedded" });
    expect(config.deployments).toMatchObject(flags);
    expect(config.dataDir).toBe(join(cwd, "data"));
  });

  test("with a database, all of that is off until somebody turns it on", () => {
    const config = load([], PRODUCTION);
    expect(config.database).toEqual({ kind: "url", url: PRODUCTION.DATABASE_URL, poolSize: 4, migrateOnStart: false });
    const off = Object.fromEntries(Object.keys(flags).map((flag) => [flag, false]));
    expect(config.deployments).toMatchObject({ ...off, rollback: { enabled: false, retentionDays: 90 } });
  });
});

describe("the environment", () => {
  const cases: [Record<string, string>, (config: Config) => unknown, unknown][] = [
    [{ PORT: "9000" }, (config) => config.server.port, 9000],
    [{ WEBSERVER__PORT: "9000" }, (config) => config.server.port, 9000],
    [{ PORT: "9000", WEBSERVER__PORT: "9001" }, (config) => config.server.port, 9000],
    [
      { CORS__ALLOWED_ORIGINS: "https://a.example, https://b.example" },
      (config) => config.server.allowedOrigins,
      ["https://a.example", "https://b.example"],
    ],
    [{ WORKERS__ENABLED: "false" }, (config) => config.workers.enabled, false],
    [{ WORKERS__ENABLED: "0" }, (config) => config.workers.enabled, false],
    [{ PUBLIC_SIGNUPS: "TRUE" }, (config) => config.auth.publicSignups, true],
    [{}, (config) => config.auth.emailConfirmation, true],
    [{ EMAIL_CONFIRMATION: "false" }, (config) => config.auth.emailConfirmation, false],
    [{ BOOTSTRAP_TOKEN: "" }, (config) => config.auth.bootstrapToken, undefined],
    [{ BOOTSTRAP_TOKEN: "0123456789abcdef" }, (config) => config.auth.bootstrapToken, "0123456789abcdef"],
    [{ BOOTSTRAP_ADMIN_EMAIL: "a@example.com" }, (config) => config.auth.bootstrapAdminEmail, "a@example.com"],
    [{ AUTH__LOCAL__ENABLED: "no" }, (config) => config.auth.localEnabled, false],
    [
      { DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT: "off" },
      (config) => config.deployments.updateDeploymentImageEndpoint,
      false,
    ],
    [{ JWT__CERT_PATH: "keys" }, (config) => config.auth.signingKeyPath, join(cwd, "keys")],
    [{ DATA_DIR: "/var/lib/app" }, (config) => config.dataDir, "/var/lib/app"],
    [{ WEBSERVER__SUBSCRIPTIONS: "/live" }, (config) => config.server.subscriptions, "/live"],
    [{ ELASTICSEARCH__POLL_INTERVAL: "250" }, (config) => config.elasticsearch.pollIntervalMs, 250],
    [{ LOG_LEVEL: "debug" }, (config) => config.logging.level, "debug"],
    [{ DATABASE__CONNECTION: "postgresql://db/x" }, (config) => config.database.kind, "url"],
    [{ CLEANUP_DEPLOY_REVISIONS__OLDER_THAN: "7" }, (config) => config.deployments.rollback.retentionDays, 7],
    [
      { ROLES: '{"X":{"permissions":{"a.b":false}}}' },
      (config) => config.roles,
      { X: { permissions: { "a.b": false } } },
    ],
  ];

  test.each(cases)("%j", (env, read, expected) => {
    expect(read(load([], env))).toEqual(expected);
  });
});

describe("Elasticsearch", () => {
  const node = "elasticsearch: { client: { node: 'http://es:9200' } }";
  const cases: [string, string[], Record<string, string>, object][] = [
    [
      "is off without a node",
      [houstonConfig("elasticsearch: { enabled: true }")],
      {},
      { kind: "off", indexPrefix: "fluentd" },
    ],
    [
      "is on with a node",
      [houstonConfig(node)],
      {},
      { kind: "on", node: "http://es:9200", batchSize: 500, pollIntervalMs: 1000 },
    ],
    ["is off if told so", [houstonConfig(node)], { ELASTICSEARCH__ENABLED: "false" }, { kind: "off" }],
    [
      "takes the chart's index prefix",
      ["global: { logging: { indexNamePrefix: logs } }"],
      { ELASTICSEARCH__CLIENT__NODE: "https://es" },
      { kind: "on", indexPrefix: "logs" },
    ],
  ];

  test.each(cases)("%s", (_, files, env, expected) => {
    expect(load(files, env).elasticsearch).toMatchObject(expected);
  });
});

test("permissions of roles are merged over files, and one without a value is granted", () => {
  const [first, second] = ["deployment.logs.get: false, deployment.images.push:", "deployment.logs.get: true"].map(
    (permissions) => houstonConfig(`roles: { WORKSPACE_VIEWER: { permissions: { ${permissions} } } }`),
  );
  expect(load([first ?? "", second ?? ""]).roles).toEqual({
    WORKSPACE_VIEWER: { permissions: { "deployment.logs.get": true, "deployment.images.push": true } },
  });
});

test("a custom registry counts unless it is switched off", () => {
  const registry = (enabled: boolean) =>
    houstonConfig(
      `registry: { protectedCustomRegistry: { enabled: ${enabled}, updateRegistry: { host: r.example/x } } }`,
    );
  expect(load([registry(true)]).deployments.byoRegistryHost).toBe("r.example/x");
  expect(load([registry(false)]).deployments).not.toHaveProperty("byoRegistryHost");
});

test("a custom registry is not pushed to where that is switched off", () => {
  const registry = (line: string) => houstonConfig(`registry: { protectedCustomRegistry: { ${line} } }`);
  const host = (line: string) => load([registry(line)]).deployments.byoRegistryHost;
  expect(host("enabled: true, updateRegistry: { enabled: true, host: r.example:5000/x/ }")).toBe("r.example:5000/x");
  expect(host("enabled: true, updateRegistry: { enabled: false, host: r.example/x }")).toBeUndefined();
  expect(host("enabled: false, updateRegistry: { enabled: true, host: r.example/x }")).toBeUndefined();
  expect(
    load([registry("updateRegistry: { enabled: false, host: r.example/x }")], {
      REGISTRY__PROTECTED_CUSTOM_REGISTRY__UPDATE_REGISTRY__ENABLED: "true",
    }).deployments.byoRegistryHost,
  ).toBe("r.example/x");
  expect(warningsOf([registry("enabled: true, updateRegistry: { enabled: true }")])).toEqual([
    "astronomer.houston.config.registry.protectedCustomRegistry.updateRegistry.enabled (1.yaml:1) is true, but there is no host: no images are pushed to a custom registry",
  ]);
  expect(warningsOf([registry("enabled: true, baseRegistry: { enabled: true, host: r.example/x }")])).toEqual([]);
  expect(warningsOf([registry("enabled: false, updateRegistry: { enabled: true }")])).toEqual([]);
});

test("the platform's name for its catalogue of Runtimes means the shipped one", () => {
  const catalogue = (name: string) =>
    load([deployments(`astroRuntimeReleasesFile: "${name}"`)]).deployments.runtimeReleases;
  expect(catalogue("astro_runtime_releases.json")).toBeUndefined();
  expect(catalogue("./astro_runtime_releases.json")).toBe(join(cwd, "astro_runtime_releases.json"));
  expect(catalogue("/catalogue.json")).toBe("/catalogue.json");
  expect(catalogue("https://updates.example.com/runtimes")).toBe("https://updates.example.com/runtimes");
});

test.each([
  ["https://app.example.com/", "https://app.example.com"],
  ["HTTPS://App.Example.com", "https://app.example.com"],
  ["https://app.example.com:443", "https://app.example.com"],
  ["http://localhost:3000", "http://localhost:3000"],
  ["*", "*"],
])("the allowed origin %s is taken as %s", (written, origin) => {
  expect(load([houstonConfig(`cors: { allowedOrigins: ["${written}"] }`)]).server.allowedOrigins).toEqual([origin]);
  expect(load([], { CORS__ALLOWED_ORIGINS: written }).server.allowedOrigins).toEqual([origin]);
});

test("the public address is taken without the slash behind it", () => {
  expect(load([], { PUBLIC_URL: "https://Houston.example.com/" }).server.publicUrl).toBe("https://houston.example.com");
});

test.each([
  ["https://app.example.com/ui"],
  ["https://*.example.com"],
  ["app.example.com"],
  ["https://user@app.example.com"],
  ["null"],
  ["file://"],
])("the allowed origin %s, which no browser sends, is refused", (written) => {
  expect(problemsOf([], { CORS__ALLOWED_ORIGINS: `https://ok.example,${written}` })).toEqual([
    `environment: CORS__ALLOWED_ORIGINS.1: expected a list of addresses such as https://app.example.com, without paths and wildcards, or of * alone, found "${written}"`,
  ]);
});

test.each([
  ["registry.example.com:7990/team/airflow:1.0"],
  ["registry.example.com/team/airflow@sha256:abc"],
  ["https://registry.example.com/team/airflow"],
  ["registry.example.com/team airflow"],
])("the custom registry %s is refused", (host) => {
  const line = `registry: { protectedCustomRegistry: { updateRegistry: { host: "${host}" } } }`;
  expect(problemsOf([houstonConfig(line)])).toEqual([
    `1.yaml:1: astronomer.houston.config.registry.protectedCustomRegistry.updateRegistry.host: expected a repository such as registry.example.com/team/airflow, without https://, tag and digest, found "${host}"`,
  ]);
});

describe("the database in parts", () => {
  const database = (parts: string) => houstonConfig(`database: { connection: { ${parts} } }`);

  test.each([
    ["host: db.example.com, database: houston", "postgres://db.example.com/houston"],
    [
      'user: houston, password: "p@ss:w/rd#?%&", host: db.example.com, port: 5432, database: houston',
      "postgres://houston:p%40ss%3Aw%2Frd%23%3F%25%26@db.example.com:5432/houston",
    ],
    [
      'user: a b, password: ~, host: "::1", port: "5433", database: "hou ston"',
      "postgres://a%20b@[::1]:5433/hou%20ston",
    ],
  ])("%s", (parts, url) => {
    expect(load([database(parts)]).database).toMatchObject({ kind: "url", url });
    expect(load([database(parts)], PRODUCTION).database).toMatchObject({ url: PRODUCTION.DATABASE_URL });
  });

  test.each([
    ["user: u", "host, database"],
    ["host: h, database: d, ssl: true", "ssl"],
    ["host: 'h/x', port: 70000, database: d", "host, port"],
    ["host: h, database: d, password: hush", "user"],
    ["host: h, database: d, user: u, password: 12345", "password"],
  ])("%s is refused without its values", (parts, wrong) => {
    const [problem, ...others] = problemsOf([database(parts)]);
    expect(problem).toMatch(/^1\.yaml:1: astronomer\.houston\.config\.database\.connection: .*a mapping has host and/);
    expect(problem).toMatch(new RegExp(`; wrong or missing: ${wrong}$`));
    expect(problem).not.toMatch(/hush|12345/);
    expect(others).toEqual([]);
  });
});

test.each([
  ["names as the platform writes them", deployments("preCreatedNamespaces: [{ name: team-a }, { name: team-b }]")],
  ["a plain list", deployments("preCreatedNamespaces: [team-a, team-b]")],
  ["the 2.x path", deployments("namespaceManagement: { preCreatedNamespaces: [{ name: team-a }, { name: team-b }] }")],
  [
    "the chart's pool",
    "global: { features: { namespacePools: { enabled: true, namespaces: { create: true, names: [team-a, team-b] } } } }",
  ],
  [
    "the chart's pool in 2.x",
    "global: { namespaceManagement: { namespacePools: { enabled: true, namespaces: { names: [team-a, team-b] } } } }",
  ],
])("the pool of namespaces is read from %s", (_name, values) => {
  expect(load([values], PRODUCTION).deployments.preCreatedNamespaces).toEqual(["team-a", "team-b"]);
});

test("the chart's pool means nothing while it is off, and stands behind the names given otherwise", () => {
  const pool = (enabled: boolean): string =>
    `global: { features: { namespacePools: { enabled: ${enabled}, namespaces: { names: [chart] } } } }`;
  expect(load([pool(false)], PRODUCTION).deployments).toMatchObject({
    preCreatedNamespaces: [],
    manualNamespaceNames: false,
    hardDeleteDeployment: false,
  });
  expect(load([pool(true)], PRODUCTION).deployments).toMatchObject({
    preCreatedNamespaces: ["chart"],
    manualNamespaceNames: true,
    hardDeleteDeployment: true,
  });
  expect(
    load([pool(true), deployments("preCreatedNamespaces: [own]")], PRODUCTION).deployments.preCreatedNamespaces,
  ).toEqual(["own"]);
});

describe("problems", () => {
  const cases: [string, string[], Record<string, string>, string[]][] = [
    [
      "wrong type",
      ['global:\n  deployRollbackEnabled: "maybe"'],
      {},
      ['1.yaml:2: global.deployRollbackEnabled: expected true or false, found "maybe"'],
    ],
    [
      "a mapping for a number",
      [houston("cleanupDeployRevisions: { olderThan: { days: 5 } }")],
      {},
      [
        "1.yaml:1: astronomer.houston.cleanupDeployRevisions.olderThan: expected a whole number from 1 to 3650, found a mapping",
      ],
    ],
    [
      "out of range",
      [houston("cleanupDeployRevisions: { olderThan: 0 }")],
      {},
      [
        "1.yaml:1: astronomer.houston.cleanupDeployRevisions.olderThan: expected a whole number from 1 to 3650, found 0",
      ],
    ],
    [
      "a weaker value",
      [deployments("deployRollback: true"), "global: { deployRollbackEnabled: 7 }"],
      {},
      ["2.yaml:1: global.deployRollbackEnabled: expected true or false, found 7"],
    ],
    ["a scalar above our keys", ["astronomer: 5"], {}, ["1.yaml:1: astronomer: expected a mapping, found 5"]],
    [
      "a switch that is neither",
      ["global: { dagOnlyDeployment: sometimes }"],
      {},
      ['1.yaml:1: global.dagOnlyDeployment: expected a mapping, or true or false, found "sometimes"'],
    ],
    [
      "a role's permission",
      [houstonConfig("roles: { X: { permissions: { a.b: 7 } } }")],
      {},
      [
        "1.yaml:1: astronomer.houston.config.roles.X.permissions.a.b: expected roles, each with `permissions` that are true or false, found 7",
      ],
    ],
    [
      "a schedule",
      [],
      { CLEANUP_DEPLOY_REVISIONS__SCHEDULE: "61 * * * *" },
      [
        'environment: CLEANUP_DEPLOY_REVISIONS__SCHEDULE: expected a cron schedule such as 11 23 * * * (minute, hour, day, month, weekday) or @daily, found "61 * * * *"',
      ],
    ],
    [
      "a secret, which is not repeated",
      [],
      { DATABASE_URL: "mysql://app:secret@db/x" },
      ["environment: DATABASE_URL: expected a URL that starts with postgres:// or postgresql://"],
    ],
    [
      "a key that is too short, which is not repeated either",
      [],
      { SECRETS__ENCRYPTION_KEYS: `${Buffer.alloc(32).toString("base64")},c2hvcnQ=` },
      ["environment: SECRETS__ENCRYPTION_KEYS.1: expected a list of keys, each 32 bytes in base64"],
    ],
    [
      "a namespace that is none",
      [deployments("preCreatedNamespaces: [{ name: Team }]")],
      {},
      [expect.stringContaining("expected a list of namespaces of a cluster")],
    ],
    [
      "a pool without names",
      ["global: { features: { namespacePools: { enabled: true } } }"],
      {},
      [
        "global.features.namespacePools.enabled (1.yaml:1) is true, but there are no names: list namespaces at NAMESPACE_POOLS__NAMES, or switch it off",
      ],
    ],
    [
      "one path for two things",
      [],
      { WEBSERVER__SUBSCRIPTIONS: "/v1" },
      [expect.stringContaining("webserver.endpoint and webserver.subscriptions are both /v1")],
    ],
    [
      "half of the credentials",
      [],
      { ELASTICSEARCH_URL: "http://es", ELASTICSEARCH__CLIENT__AUTH__USERNAME: "u" },
      ["elasticsearch.username and elasticsearch.password need each other: only one of them is set"],
    ],
    [
      "credentials for nothing",
      [],
      { ELASTICSEARCH__CLIENT__AUTH__API_KEY: "k" },
      ["elasticsearch.apiKey is set, but no elasticsearch.node"],
    ],
    ["bad YAML", ["global:\n  a: [1\n"], {}, [expect.stringMatching(/^1\.yaml:\d: not valid YAML: /)]],
    [
      "no such file",
      [],
      { VALUES_FILE: "missing.yaml" },
      [`missing.yaml: cannot be read: there is no such file (${join(cwd, "missing.yaml")})`],
    ],
    [
      "a folder for a file",
      [],
      { VALUES_FILE: cwd },
      [`${cwd}: cannot be read: it is a folder: Docker makes one where the file of a bind mount is missing`],
    ],
    [
      "text in quotes for a number",
      [houston('cleanupDeployRevisions: { olderThan: "90d" }')],
      {},
      [
        '1.yaml:1: astronomer.houston.cleanupDeployRevisions.olderThan: expected a whole number from 1 to 3650, found "90d"',
      ],
    ],
    [
      "a number for text",
      [deployments("tagPrefix: 7"), houstonConfig("ui: { subdomain: on }")],
      {},
      [
        "2.yaml:1: astronomer.houston.config.ui.subdomain: expected lower-case letters, digits and -, found true; put it in quotes",
        "1.yaml:1: astronomer.houston.config.deployments.tagPrefix: expected letters, digits, _, . and -, found 7; put it in quotes",
      ],
    ],
  ];

  test.each(cases)("%s", (_, files, env, expected) => {
    expect(problemsOf(files, env)).toEqual(expected);
  });

  test("are told all at once, ready to print", () => {
    const wrong = () => load(["global: { deployRollbackEnabled: 1 }", "- a list"], { PORT: "http" });
    expect(wrong).toThrow(
      [
        "The configuration has 3 problems:",
        "  2.yaml:1: expected a mapping at the top of the file",
        '  environment: PORT: expected a whole number from 0 to 65535, found "http"',
        "  1.yaml:1: global.deployRollbackEnabled: expected true or false, found 1",
      ].join("\n"),
    );
  });

  test("keys that are not ours are none", () => {
    expect(
      problemsOf(["nginx: 5\nglobal: { tls: [1] }\nastronomer: { houston: { config: { disableSSLVerify: x } } }"]),
    ).toEqual([]);
  });
});

describe("trusted proxies", () => {
  const KEY = "WEBSERVER__TRUST_PROXY";

  test.each<[string, unknown]>([
    ["true", true],
    ["no", false],
    ["0", 0],
    ["1", 1],
    ["10", 10],
    ["loopback", ["loopback"]],
    ["10.0.0.0/8, uniquelocal,2001:db8::/32 , 192.0.2.1", ["10.0.0.0/8", "uniquelocal", "2001:db8::/32", "192.0.2.1"]],
  ])("are read from the variable %s", (text, value) => {
    expect(load([], { [KEY]: text }).server.trustProxy).toEqual(value);
  });

  test.each<[string, unknown]>([
    ["true", true],
    ["2", 2],
    ["10.0.0.0/8", ["10.0.0.0/8"]],
    ["[10.0.0.0/8, loopback]", ["10.0.0.0/8", "loopback"]],
  ])("are read from the value %s", (text, value) => {
    expect(load([houstonConfig(`webserver: { trustProxy: ${text} }`)]).server.trustProxy).toEqual(value);
  });

  test.each(["-1", "11", "1.5", "10.1", "10.0.0.0/33", "0.0.0.0/0", "somewhere", "10.0.0.0/8, nowhere"])(
    "cannot be %s",
    (text) => {
      expect(problemsOf([], { [KEY]: text })).toEqual([expect.stringContaining("the number of proxies from 0 to 10")]);
    },
  );
});
