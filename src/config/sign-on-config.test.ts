import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeConfig, loadConfig, type LoadedConfig, type SignOnConfig } from ".";
import { ConfigurationError } from "./configuration-error";

const cwd = mkdtempSync(join(tmpdir(), "sign-on-config-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** `lines` go under `astronomer.houston.config.auth.openidConnect`. */
function load(lines: string, env: Record<string, string> = {}): LoadedConfig {
  const indented = lines.split("\n").map((line) => `          ${line}`);
  writeFileSync(
    join(cwd, "values.yaml"),
    ["astronomer:", "  houston:", "    config:", "      auth:", "        openidConnect:", ...indented].join("\n"),
  );
  return loadConfig({
    valuesFiles: ["values.yaml"],
    env: { DATABASE_URL: "postgres://db.example.com/retrograde", ...env },
    cwd,
  });
}
const signOn = (lines: string, env?: Record<string, string>): SignOnConfig => load(lines, env).config.signOn;

function problemsOf(lines: string, env?: Record<string, string>): readonly string[] {
  try {
    load(lines, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const OKTA =
  "okta: { enabled: true, clientId: abc, discoveryUrl: https://acme.okta.com/.well-known/openid-configuration }";

test("without a word of it there is no provider, and no group becomes a Team", () => {
  expect(signOn("{}")).toEqual({ providers: [], clockToleranceSeconds: 30, timeoutSeconds: 5, importGroups: false });
});

test("the block of the platform's documentation on Microsoft works as it is", () => {
  const lines = [
    'flow: "code"',
    "google:",
    "  enabled: false",
    "microsoft:",
    "  enabled: true",
    "  clientId: my-client",
    "  discoveryUrl: https://login.microsoftonline.com/0f1e2d3c/v2.0/.well-known/openid-configuration",
    "  clientSecret: my-secret",
    "  baseDomain: login.microsoftonline.com",
    "  authUrlParams:",
    "    audience: my-client",
  ];
  expect(signOn(lines.join("\n")).providers).toEqual([
    {
      name: "microsoft",
      displayName: "Microsoft Entra ID",
      discoveryUrl: "https://login.microsoftonline.com/0f1e2d3c/v2.0/.well-known/openid-configuration",
      clientId: "my-client",
      clientSecret: "my-secret",
      scope: "openid profile email",
      authUrlParams: { audience: "my-client" },
      claims: { email: "preferred_username" },
      fetchUserInfo: true,
      assumeEmailVerified: true,
    },
  ]);
});

test("so do the variables of that documentation", () => {
  const { providers } = signOn("{}", {
    AUTH__OPENID_CONNECT__CUSTOM__ENABLED: "true",
    AUTH__OPENID_CONNECT__CUSTOM__CLIENT_ID: "my-client",
    AUTH__OPENID_CONNECT__CUSTOM__CLIENT_SECRET: "my-secret",
    AUTH__OPENID_CONNECT__CUSTOM__DISCOVERY_URL: "https://idp.example.com",
    AUTH__OPENID_CONNECT__CUSTOM__AUTH_URL_PARAMS__AUDIENCE: "my-audience",
    AUTH__OPENID_CONNECT__FLOW: "implicit",
    AUTH__OPENID_CONNECT__CUSTOM__BASE_DOMAIN: "idp.example.com",
    AUTH__OPENID_CONNECT__CUSTOM__DISPLAY_NAME: "Custom OAuth",
  });
  expect(providers).toMatchObject([
    {
      name: "custom",
      displayName: "Custom OAuth",
      clientSecret: "my-secret",
      authUrlParams: { audience: "my-audience" },
    },
  ]);
});

test.each<[string, string, boolean]>([
  ["0.35", "idpGroupsImportEnabled: true", true],
  ["2.x", "idpGroupsImport: { enabled: true }", true],
  ["2.x, in short", "idpGroupsImport: true", true],
  ["2.x beside 0.35", "idpGroupsImportEnabled: true\nidpGroupsImport: { enabled: false }", false],
])("groups are imported by the spelling of %s", (_name, lines, importGroups) => {
  expect(signOn(lines).importGroups).toBe(importGroups);
});

const PLACE = "astronomer.houston.config.auth.openidConnect";

test.each([
  [
    "okta: true",
    `${PLACE}.okta (values.yaml:7) is true, but there is no auth.openidConnect.okta.clientId and no auth.openidConnect.okta.discoveryUrl: nobody can sign in through Okta`,
  ],
  [
    "okta: { enabled: true, clientId: c }",
    `${PLACE}.okta.enabled (values.yaml:7) is true, but there is no auth.openidConnect.okta.discoveryUrl: nobody can sign in through Okta`,
  ],
  [
    "google: { enabled: true, clientId: ~ }",
    `${PLACE}.google.enabled (values.yaml:7) is true, but there is no auth.openidConnect.google.clientId: nobody can sign in through Google`,
  ],
  [
    "google: { enabled: true, clientId: '', scope: profile }",
    `${PLACE}.google.enabled (values.yaml:7) is true, but there is no auth.openidConnect.google.clientId: nobody can sign in through Google`,
  ],
])("a provider that lacks something is left out with a warning: %s", (lines, warning) => {
  const { config, warnings } = load(
    `custom: { enabled: true, clientId: c, discoveryUrl: "https://a.example" }\n${lines}`,
  );
  expect(config.signOn.providers.map(({ name }) => name)).toEqual(["custom"]);
  expect(warnings).toEqual([warning]);
});

test("a configuration that lets nobody sign in loads with a warning", () => {
  const env = { AUTH__LOCAL__ENABLED: "false", AUTH__OPENID_CONNECT__GOOGLE__ENABLED: "true" };
  expect(load("{}", env).warnings).toEqual([
    "AUTH__OPENID_CONNECT__GOOGLE__ENABLED is true, but there is no auth.openidConnect.google.clientId: nobody can sign in through Google",
    "AUTH__LOCAL__ENABLED is false and no identity provider is set up: people cannot sign in",
  ]);
  expect(load(OKTA, { AUTH__LOCAL__ENABLED: "false" }).warnings).toEqual([]);
  expect(load("{}").warnings).toEqual([]);
});

test("several are offered in the order of the platform, Google by its well-known address", () => {
  const { providers } = signOn(
    `custom: { enabled: true, clientId: c, discoveryUrl: "https://idp.example.com" }\n${OKTA}\ngoogle: { enabled: true, clientId: g }`,
  );
  expect(providers.map(({ name, discoveryUrl }) => [name, discoveryUrl])).toEqual([
    ["google", "https://accounts.google.com"],
    ["okta", "https://acme.okta.com/.well-known/openid-configuration"],
    ["custom", "https://idp.example.com"],
  ]);
});

test.each([
  ["a text, which names the groups", "claimsMapping: my_groups", { email: "upn", name: "upn", groups: "my_groups" }],
  ["a mapping of one", "claimsMapping: { email: mail }", { email: "mail", name: "upn" }],
  [
    "a mapping of all",
    "claimsMapping: { email: mail, name: cn, groups: memberOf }",
    { email: "mail", name: "cn", groups: "memberOf" },
  ],
])("claims are mapped by %s, and others stay as they are", (_name, mapping, claims) => {
  expect(
    signOn(`adfs: { enabled: true, clientId: c, discoveryUrl: "https://adfs.example.com/adfs", ${mapping} }`)
      .providers[0],
  ).toMatchObject({ claims, fetchUserInfo: false });
});

test.each([
  ["https://login.microsoftonline.com/common/v2.0", false],
  ["https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration", false],
  ["https://login.microsoftonline.com/consumers/v2.0", false],
  ["https://login.microsoftonline.com/0f1e2d3c/v2.0", true],
])("Microsoft's addresses at %s count as verified without a word: %s", (discoveryUrl, assumeEmailVerified) => {
  expect(
    signOn(`microsoft: { enabled: true, clientId: c, discoveryUrl: "${discoveryUrl}", assumeEmailVerified: true }`)
      .providers[0],
  ).toMatchObject({ assumeEmailVerified });
});

test.each([
  [
    "http://idp.example.com",
    ["auth.openidConnect.okta.discoveryUrl: expected a URL that starts with https://, since secrets are sent there"],
  ],
  [
    "http://localhost.evil.example",
    ["auth.openidConnect.okta.discoveryUrl: expected a URL that starts with https://, since secrets are sent there"],
  ],
  ["http://localhost:8080/realms/x", []],
  ["http://127.0.0.1:8080", []],
  ["http://[::1]:8080", []],
])("at %s the problems are %j", (discoveryUrl, problems) => {
  expect(problemsOf(`okta: { enabled: true, clientId: c, discoveryUrl: "${discoveryUrl}" }`)).toEqual(problems);
});

test("everything that does not go together is told at once, and no secret with it", () => {
  const problems = problemsOf(
    [
      'okta: { enabled: yes, clientId: [1], clientSecret: [hush], discoveryUrl: nowhere, scope: "profile", claimsMapping: 5, tokenEndpointAuthMethod: none }',
      'teamFilterRegex: "("',
      "flow: hybrid",
      "clockTolerance: -1",
    ].join("\n"),
  );
  expect(problems.join("\n")).not.toContain("hush");
  for (const key of [
    "clientId",
    "clientSecret",
    "discoveryUrl",
    "claimsMapping",
    "tokenEndpointAuthMethod",
    "teamFilterRegex",
    "flow",
    "clockTolerance",
  ]) {
    expect(problems.filter((problem) => problem.includes(key))).not.toEqual([]);
  }
});

test.each(["^(?=a)b$", "(a)\\\\1", "("])(
  "a filter of groups that RE2 has no such pattern for is refused: %s",
  (pattern) => {
    expect(problemsOf(`teamFilterRegex: "${pattern}"`)).toEqual([
      expect.stringContaining("expected a regular expression without look-around and back-references"),
    ]);
  },
);

test("a scope without openid, and a method without a secret, are told", () => {
  expect(
    problemsOf(
      'okta: { enabled: true, clientId: c, discoveryUrl: "https://acme.okta.com", scope: "profile", tokenEndpointAuthMethod: client_secret_post }',
    ),
  ).toEqual([
    "auth.openidConnect.okta.scope: expected openid among the scopes",
    "auth.openidConnect.okta.tokenEndpointAuthMethod is set, but no auth.openidConnect.okta.clientSecret",
  ]);
});

test("what is printed of a configuration hides the client's secret", () => {
  const printed = describeConfig(load(`${OKTA.replace(" }", ", clientSecret: hush }")}`));
  expect(printed).toContain("signOn.okta.clientId");
  expect(printed).not.toContain("hush");
});

test.each([
  ["https://houston.example.com", true],
  ["http://localhost:8871", true],
  ["https://houston.example.com/v1", false],
  ["houston.example.com", false],
  ["https://user@houston.example.com", false],
  ["ftp://houston.example.com", false],
])("PUBLIC_URL may be %s: %s", (PUBLIC_URL, good) => {
  expect(problemsOf("{}", { PUBLIC_URL })).toHaveLength(good ? 0 : 1);
});
