import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "./configuration-error";
import { loadConfig, type LoadedConfig } from "./load-config";
import { describeConfig } from "./print-config";

const cwd = mkdtempSync(join(tmpdir(), "values-environment-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** `lines` go under `astronomer.houston`. */
function load(lines: readonly string[], env: Record<string, string> = {}): LoadedConfig {
  writeFileSync(
    join(cwd, "values.yaml"),
    ["astronomer:", "  houston:", ...lines.map((line) => `    ${line}`)].join("\n"),
  );
  return loadConfig({ valuesFiles: ["values.yaml"], env, cwd });
}

const NO_PASSWORDS = ["env:", "- name: AUTH__LOCAL__ENABLED", '  value: "false"'];

test("the chart's variables count above the configuration in files and below the environment", () => {
  const file = [...NO_PASSWORDS, "config: { auth: { local: { enabled: true } } }"];
  expect(load(file).config.auth.localEnabled).toBe(false);
  expect(load(file, { AUTH__LOCAL__ENABLED: "true" }).config.auth.localEnabled).toBe(true);
  expect(load(file, { AUTH__LOCAL__ENABLED: "" }).config.auth.localEnabled).toBe(false);
  expect(describeConfig(load(file)).replaceAll(/ {2,}/g, " ")).toContain(
    "auth.localEnabled = false values.yaml: astronomer.houston.env.AUTH__LOCAL__ENABLED",
  );
});

test("values need no quotes, the last of a name counts, and an empty one sets nothing", () => {
  const { config, warnings } = load([
    "env:",
    "- { name: PUBLIC_SIGNUPS, value: true }",
    "- { name: JWT__AUTH_DURATION, value: 60000 }",
    "- { name: LOG_LEVEL, value: debug }",
    "- { name: LOG_LEVEL, value: error }",
    "- { name: DATABASE_URL, value: }",
    "- { name: SOMETHING_ELSE, value: x }",
    "secret: []",
  ]);
  expect(config.auth).toMatchObject({ publicSignups: true, sessionMs: 60_000 });
  expect(config.logging.level).toBe("error");
  expect(config.database.kind).toBe("embedded");
  expect(warnings).toEqual([]);
});

test("a database among them is no embedded one", () => {
  const { config } = load(["env: [{ name: DATABASE__CONNECTION, value: 'postgres://db.example.com/houston' }]"]);
  expect(config.database).toMatchObject({ kind: "url", url: "postgres://db.example.com/houston" });
  expect(config.deployments.upsertDeployment).toBe(false);
});

test.each(["{ name: PORT, val: 9000 }", "{ Name: PORT, value: 9000 }", "{ name: PORT, value: [9000] }", "PORT=9000"])(
  "an entry %s is refused",
  (entry) => {
    expect(() => load([`env: [${entry}]`])).toThrow(
      "values.yaml:3: astronomer.houston.env.0: expected a variable with name and value",
    );
  },
);

test("a misspelt name gets a warning with the right one", () => {
  expect(
    load([
      "env:",
      "- { name: AUTH__LOCAL__ENABELD, value: 'false' }",
      "- { name: JWT__AUTH_DURATON, valueFrom: { secretKeyRef: { name: jwt } } }",
    ]).warnings,
  ).toEqual([
    "values.yaml:3: astronomer.houston.env.JWT__AUTH_DURATON is in the Kubernetes secret jwt, which is not read here; no setting has that name: did you mean JWT__AUTH_DURATION?",
    "values.yaml:3: astronomer.houston.env.AUTH__LOCAL__ENABELD is not read: did you mean AUTH__LOCAL__ENABLED?",
  ]);
});

test("variables that are kept in the cluster are named, unless the environment has them", () => {
  const lines = [
    "env:",
    "- name: ELASTICSEARCH__CLIENT__AUTH__PASSWORD",
    "  valueFrom: { secretKeyRef: { name: elastic, key: password } }",
    "- { name: HELM__BASE_DOMAIN, valueFrom: { configMapKeyRef: { name: site, key: domain } } }",
    "- { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }",
    "secret:",
    "- { envName: AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET, secretName: okta, secretKey: client_secret }",
    "- { envName: EMAIL__SMTP_URL, secretName: astronomer-smtp, secretKey: connection }",
  ];
  expect(load(lines).warnings).toEqual([
    "values.yaml:3: astronomer.houston.env.ELASTICSEARCH__CLIENT__AUTH__PASSWORD is in the Kubernetes secret elastic, which is not read here: set the environment variable ELASTICSEARCH__CLIENT__AUTH__PASSWORD",
    "values.yaml:3: astronomer.houston.env.HELM__BASE_DOMAIN is in the Kubernetes config map site, which is not read here: set the environment variable HELM__BASE_DOMAIN",
    "values.yaml:3: astronomer.houston.env.POD_IP is filled in by Kubernetes, which is not read here; no setting has that name",
    "values.yaml:8: astronomer.houston.secret.AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET is in the Kubernetes secret okta, which is not read here: set the environment variable AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET",
    "values.yaml:8: astronomer.houston.secret.EMAIL__SMTP_URL is in the Kubernetes secret astronomer-smtp, which is not read here; no setting has that name",
  ]);
  const { warnings } = load(lines, {
    HELM__BASE_DOMAIN: "example.com",
    AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET: "s",
    EMAIL__SMTP_URL: "smtp://mail",
    POD_IP: "10.0.0.1",
  });
  expect(warnings).toEqual([expect.stringContaining("ELASTICSEARCH__CLIENT__AUTH__PASSWORD")]);
});

test.each<[string, string[], string]>([
  [
    "a mapping",
    ["env: { AUTH__LOCAL__ENABLED: false }"],
    "values.yaml:3: astronomer.houston.env: expected a list, each a variable with name and value, found a mapping",
  ],
  [
    "text",
    ["secret: okta"],
    'values.yaml:3: astronomer.houston.secret: expected a list, each a variable with envName, secretName and secretKey, found "okta"',
  ],
  [
    "an entry without a name",
    ["env: [{ name: A, value: b }, { value: hush }]"],
    "values.yaml:3: astronomer.houston.env.1: expected a variable with name and value",
  ],
  [
    "a list for a value",
    ["env: [{ name: A, value: [hush] }]"],
    "values.yaml:3: astronomer.houston.env.0: expected a variable with name and value",
  ],
  [
    "a value that does not fit",
    ["env: [{ name: JWT__AUTH_DURATION, value: soon }]"],
    'values.yaml:3: astronomer.houston.env.JWT__AUTH_DURATION: expected a whole number from 1000 to 31536000000, found "soon"',
  ],
])("%s is refused", (_, lines, problem) => {
  let problems: readonly string[] = [];
  try {
    load(lines);
  } catch (error) {
    problems = (error as ConfigurationError).problems;
  }
  expect(problems).toEqual([problem]);
});
