import type { ProviderConfig, SignOnConfig } from "./config";
import { PROVIDER_NAMES, type ProviderName } from "./settings/value-types";
import type { SettingValues } from "./settings";
import { DIRECTORY_CLAIMS } from "./settings/sign-on-settings";

const THIS_MACHINE = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** Tenants of Microsoft that include all accounts, and so are no directory whose addresses could be trusted. */
const ANY_TENANT = /^\/(common|organizations|consumers)(\/|$)/i;

/** The enabled providers. Values that are missing or do not fit together are added to `problems`. */
export function assembleSignOn(values: SettingValues["signOn"], problems: string[]): SignOnConfig {
  const { clockToleranceSeconds, timeoutSeconds, importGroups, teamFilter } = values;
  return {
    providers: PROVIDER_NAMES.flatMap((name) => assembleProvider(name, values[name], problems) ?? []),
    clockToleranceSeconds,
    timeoutSeconds,
    importGroups,
    ...(teamFilter !== undefined && { teamFilter }),
  };
}

function assembleProvider(
  name: ProviderName,
  values: SettingValues["signOn"][ProviderName],
  problems: string[],
): ProviderConfig | null {
  const { enabled, clientId, discoveryUrl, audience, ...rest } = values;
  if (!enabled) return null;
  const path = `auth.openidConnect.${name}`;
  if (clientId === undefined) problems.push(`${path} is enabled, but has no clientId`);
  if (discoveryUrl === undefined) problems.push(`${path} is enabled, but has no discoveryUrl`);
  if (clientId === undefined || discoveryUrl === undefined) return null;

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
