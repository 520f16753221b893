import type { ProviderConfig, SignOnConfig } from "./config";
import { PROVIDER_NAMES, type ProviderName } from "./settings/value-types";
import type { Remarks } from "./remarks";
import type { SettingValues } from "./settings";
import { DIRECTORY_CLAIMS } from "./settings/sign-on-settings";

const THIS_MACHINE = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** Tenants of Microsoft that include all accounts, and so are no directory whose addresses could be trusted. */
const ANY_TENANT = /^\/(common|organizations|consumers)(\/|$)/i;

/**
 * The providers that are enabled and complete. One that lacks its client id or its discovery URL is left out with a
 * warning: the platform's own guide to installation enables Google without a client id.
 */
export function assembleSignOn({ signOn, auth }: SettingValues, remarks: Remarks): SignOnConfig {
  const { clockToleranceSeconds, timeoutSeconds, importGroups, teamFilter } = signOn;
  const providers = PROVIDER_NAMES.flatMap((name) => assembleProvider(name, signOn[name], remarks) ?? []);
  if (!auth.localEnabled && providers.length === 0) {
    remarks.warnings.push(
      `${remarks.nameOf("auth.localEnabled")} is false and no identity provider is set up: people cannot sign in`,
    );
  }
  return {
    providers,
    clockToleranceSeconds,
    timeoutSeconds,
    importGroups,
    ...(teamFilter !== undefined && { teamFilter }),
  };
}

function assembleProvider(
  name: ProviderName,
  values: SettingValues["signOn"][ProviderName],
  { problems, warnings, nameOf }: Remarks,
): ProviderConfig | null {
  const { enabled, clientId, discoveryUrl, audience, ...rest } = values;
  if (!enabled) return null;
  const path = `auth.openidConnect.${name}`;
  if (clientId === undefined || discoveryUrl === undefined) {
    const missing = Object.entries({ clientId, discoveryUrl }).flatMap(([key, value]) =>
      value === undefined ? key : [],
    );
    warnings.push(
      `${nameOf(`signOn.${name}.enabled`)} is true, but there is no ${missing.map((key) => `${path}.${key}`).join(" and no ")}: nobody can sign in through ${rest.displayName}`,
    );
    return null;
  }

  const { protocol, hostname, pathname } = new URL(discoveryUrl);
  if (protocol === "http:" && !THIS_MACHINE.has(hostname)) {
    problems.push(`${path}.discoveryUrl: expected a URL that starts with https://, since secrets are sent there`);
  }
  if (!rest.scope.split(" ").includes("openid")) problems.push(`${path}.scope: expected openid among the scopes`);
  if (rest.clientAuthentication !== undefined && rest.clientSecret === undefined) {
    problems.push(`${path}.tokenEndpointAuthMethod is set, but no ${path}.clientSecret`);
  }
  return {
    name,
    clientId,
    discoveryUrl,
    ...rest,
    authUrlParams: { ...rest.authUrlParams, ...(audience !== undefined && { audience }) },
    // Mapping one claim leaves the others at their defaults.
    claims: { ...DIRECTORY_CLAIMS[name], ...rest.claims },
    assumeEmailVerified: rest.assumeEmailVerified && !(name === "microsoft" && ANY_TENANT.test(pathname)),
  };
}
