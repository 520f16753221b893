import type { ClaimsMapping, ProviderName } from "./value-types";
import { config, optionalSetting, setting } from "./setting";
import { claimsMapping, oneOf, parameters, pattern, text, trueOrFalse, url, wholeNumber } from "./value-kinds";

const at = (path: string): string => config(`auth.openidConnect.${path}`);

/** The claims in which directories keep the address that users sign in with. */
export const DIRECTORY_CLAIMS: Readonly<Partial<Record<ProviderName, ClaimsMapping>>> = {
  microsoft: { email: "preferred_username" },
  adfs: { email: "upn", name: "upn" },
};

interface ProviderDefaults {
  readonly displayName: string;
  readonly discoveryUrl?: string;
  readonly fetchUserInfo?: boolean;
  readonly assumeEmailVerified?: boolean;
}

/** The defaults are those of the 0.35 platform's public configuration, where it has any. */
function provider(
  name: ProviderName,
  { displayName, discoveryUrl, fetchUserInfo = true, assumeEmailVerified = false }: ProviderDefaults,
) {
  return {
    enabled: setting({
      kind: trueOrFalse,
      default: false,
      values: [at(`${name}.enabled`)],
      description: `Let people sign in through ${displayName}.`,
    }),
    displayName: setting({
      kind: text,
      default: displayName,
      values: [at(`${name}.displayName`)],
      description: "What the button to sign in says.",
    }),
    discoveryUrl: setting<string | undefined>({
      kind: url("https", "http"),
      default: discoveryUrl,
      values: [at(`${name}.discoveryUrl`)],
      description:
        "The issuer, with or without /.well-known/openid-configuration behind it; https except on the machine itself.",
    }),
    clientId: optionalSetting({
      kind: text,
      values: [at(`${name}.clientId`)],
      description: "The client id that the provider has given to this installation.",
    }),
    clientSecret: optionalSetting({
      kind: text,
      values: [at(`${name}.clientSecret`)],
      secret: "whole",
      description: "The client's secret; without one it is a public client, protected by PKCE alone.",
    }),
    clientAuthentication: optionalSetting({
      kind: oneOf(["client_secret_basic", "client_secret_post"]),
      values: [at(`${name}.tokenEndpointAuthMethod`)],
      description: "How the secret is sent; without it as the provider's discovery document prefers.",
    }),
    scope: setting({
      kind: text,
      default: "openid profile email",
      values: [at(`${name}.scope`)],
      description: "Scopes that are asked for, separated by blanks.",
    }),
    authUrlParams: setting({
      kind: parameters,
      default: {},
      values: [at(`${name}.authUrlParams`)],
      description: "More parameters for the provider's sign-in page, such as prompt.",
    }),
    audience: optionalSetting({
      kind: text,
      values: [at(`${name}.audience`)],
      env: [`AUTH__OPENID_CONNECT__${name.toUpperCase()}__AUTH_URL_PARAMS__AUDIENCE`],
      description: "The parameter audience, for providers that want one.",
    }),
    claims: setting({
      kind: claimsMapping,
      default: DIRECTORY_CLAIMS[name] ?? {},
      values: [at(`${name}.claimsMapping`)],
      description:
        "Names of the claims for email, name and groups where they are others; a mere text names that of the groups.",
    }),
    fetchUserInfo: setting({
      kind: trueOrFalse,
      default: fetchUserInfo,
      values: [at(`${name}.fetchUserInfo`)],
      description: "Ask the provider's userinfo endpoint for what the id token leaves out.",
    }),
    assumeEmailVerified: setting({
      kind: trueOrFalse,
      default: assumeEmailVerified,
      values: [at(`${name}.assumeEmailVerified`)],
      description: "Take an address as verified where the provider does not say; never where it says that it is not.",
    }),
  };
}

export const signOn = {
  flow: setting({
    kind: oneOf(["code", "implicit"]),
    default: "code",
    values: [at("flow")],
    description:
      "Read for the sake of 0.35 configurations: signing in always takes the authorization code flow with PKCE.",
  }),
  clockToleranceSeconds: setting({
    kind: wholeNumber(0, 600),
    default: 30,
    values: [at("clockTolerance")],
    description: "Seconds that a provider's clock may differ from ours.",
  }),
  timeoutSeconds: setting({
    kind: wholeNumber(1, 60),
    default: 5,
    values: [at("timeoutSeconds")],
    description: "Seconds to wait for each answer of a provider.",
  }),
  importGroups: setting({
    kind: trueOrFalse,
    default: false,
    values: [at("idpGroupsImport.enabled"), at("idpGroupsImportEnabled")],
    description:
      "At each sign-in make somebody a member of the Teams that the provider's groups claim names, and of no other imported one.",
  }),
  teamFilter: optionalSetting({
    kind: pattern,
    values: [at("teamFilterRegex")],
    description: "Only groups whose name matches this regular expression become Teams.",
  }),
  auth0: provider("auth0", { displayName: "Auth0" }),
  google: provider("google", { displayName: "Google", discoveryUrl: "https://accounts.google.com" }),
  okta: provider("okta", { displayName: "Okta" }),
  // Neither directory reports whether an address is verified: its administrators assign the addresses.
  microsoft: provider("microsoft", { displayName: "Microsoft Entra ID", assumeEmailVerified: true }),
  adfs: provider("adfs", { displayName: "ADFS", fetchUserInfo: false, assumeEmailVerified: true }),
  custom: provider("custom", { displayName: "Single sign-on" }),
};
