/** Where browsers find us. */
export interface Site {
  /** The one origin on which signing in happens, and its session lives. */
  readonly origin: string;
  /** Where the `astro` CLI looks for the token page; null where that is the same. */
  readonly appOrigin: string | null;
  /**
   * The host of the Deployments, null where they have none of their own: its pages show what the authors of DAGs like.
   */
  readonly deploymentsHost: string | null;
  /** Path of the API, and prefix of the paths beside it. */
  readonly endpoint: string;
}

export interface SiteSettings {
  readonly publicUrl?: string;
  readonly baseDomain: string;
  readonly subdomain: string;
  readonly appSubdomain: string;
  readonly subdomainHttps: boolean;
  readonly port: number;
  readonly endpoint: string;
  /** Where Deployments are reached from outside. */
  readonly deploymentsUrl: string;
}

/** Hosts as on the 0.35 platform: `houston.<base domain>` for the API, `app.<base domain>` for people. */
export function siteOf(settings: SiteSettings): Site {
  const { publicUrl, baseDomain, subdomain, appSubdomain, subdomainHttps, port, endpoint, deploymentsUrl } = settings;
  const scheme = subdomainHttps ? "https" : "http";
  const isLocal = baseDomain === "localhost";
  const origin = publicUrl ?? (isLocal ? `http://localhost:${port}` : `${scheme}://${subdomain}.${baseDomain}`);
  const appOrigin = isLocal ? null : `${scheme}://${appSubdomain}.${baseDomain}`;
  const deploymentsHost = new URL(deploymentsUrl).host;
  return {
    origin: new URL(origin).origin,
    appOrigin: appOrigin === null ? null : new URL(appOrigin).origin,
    deploymentsHost: deploymentsHost === new URL(origin).host ? null : deploymentsHost,
    endpoint,
  };
}

export const tokenPageOf = ({ origin, endpoint }: Site): string => `${origin}${endpoint}/token`;
export const invitationPathOf = ({ endpoint }: Site): string => `${endpoint}/token/invitation`;

export const invitationLinkOf = (
  site: Site,
  { email, token }: { readonly email: string; readonly token: string },
): string => `${site.origin}${invitationPathOf(site)}?${new URLSearchParams({ email, token })}`;

export const sessionPathOf = ({ endpoint }: Site): string => `${endpoint}/session`;
export const callbackOf = ({ origin, endpoint }: Site): string => `${origin}${endpoint}/oauth/callback/`;

/** Where the first user of an installation becomes its administrator. */
export const setUpLinkOf = (site: Site, token: string): string =>
  `${site.origin}${invitationPathOf(site)}?${new URLSearchParams({ token })}`;

/**
 * Where signing in through a provider begins. `target` is where it shall end, if not on the token page; `inviteToken` is
 * the secret of the first administrator.
 */
export function startOf(
  { origin, endpoint }: Site,
  provider: string,
  { target = null, inviteToken = "" }: { readonly target?: string | null; readonly inviteToken?: string } = {},
): string {
  const parameters = new URLSearchParams({
    provider,
    ...(target !== null && { redirect: target }),
    ...(inviteToken !== "" && { inviteToken }),
  });
  return `${origin}${endpoint}/oauth/start?${parameters}`;
}

/** Whether that host is the web client's on the 0.35 platform, or that of the Deployments, and not the one of sessions. */
export const isElsewhere = (host: string, { origin, appOrigin, deploymentsHost }: Site): boolean =>
  host === deploymentsHost || (appOrigin !== null && appOrigin !== origin && host === new URL(appOrigin).host);
