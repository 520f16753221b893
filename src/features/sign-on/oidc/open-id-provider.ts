import * as oidc from "openid-client";
import type { ProviderConfig } from "../../../config";
import { Unavailable } from "../../../kernel/errors";
import { boundedFetch } from "../../../infrastructure/outbound/bounded-fetch";
import type { Attempt, IdentityProvider } from "../app/ports";
import { personOf, saysEnough, type Claims, type Person } from "../domain/person";
import { SignOnRefused } from "../domain/refusals";
import { asRefusal, isUnknownKey, issuerFoundInstead } from "./protocol-errors";

export interface OpenIdProviderOptions {
  readonly provider: ProviderConfig;
  /** Where the provider sends the browser back to; registered there. */
  readonly redirectUri: string;
  readonly clockToleranceSeconds: number;
  readonly timeoutSeconds: number;
  readonly needsGroups: boolean;
}

/** Far more than any token or key set, and small enough to keep in memory. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const WELL_KNOWN = /\/\.well-known\/openid-configuration\/?$/;
/** How long a provider's discovery document is kept. */
const KNOWN_FOR_MS = 60 * 60 * 1000;
/** Parameters that the configuration cannot change, because the protocol needs our values. */
const OURS = [
  "response_type",
  "response_mode",
  "client_id",
  "redirect_uri",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
];

/**
 * A provider of OpenID Connect, by the authorization code flow with PKCE. Its discovery document is fetched
 * at the first sign-in and not at the start, so that a provider that is down affects only its own users.
 */
export class OpenIdProvider implements IdentityProvider {
  readonly name: string;
  private known: { readonly configuration: Promise<oidc.Configuration>; readonly untilMs: number } | null = null;

  constructor(private readonly options: OpenIdProviderOptions) {
    this.name = options.provider.name;
  }

  async begin(): Promise<{ readonly url: URL; readonly attempt: Attempt }> {
    const { provider, redirectUri } = this.options;
    const configuration = await this.configuration();
    const attempt = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      ...Object.fromEntries(Object.entries(provider.authUrlParams).filter(([name]) => !OURS.includes(name))),
      response_type: "code",
      redirect_uri: redirectUri,
      scope: provider.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: "S256",
    });
    return { url, attempt };
  }

  async finish({ search }: URL, { state, nonce, codeVerifier }: Attempt): Promise<Person> {
    const { provider, redirectUri } = this.options;
    const configuration = await this.configuration();
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(search, redirectUri), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const idToken: Claims = tokens.claims() ?? {};
      const { issuer } = configuration.serverMetadata();
      const userInfo = this.askMore(configuration, idToken)
        ? await oidc.fetchUserInfo(configuration, tokens.access_token, String(idToken["sub"]))
        : {};
      const person = personOf(
        typeof idToken["iss"] === "string" ? idToken["iss"] : issuer,
        idToken,
        userInfo,
        provider,
      );
      if (person === null) throw new SignOnRefused("NOT_PROVEN");
      return person;
    } catch (error) {
      // The next one to sign in learns of the provider's new keys.
      if (isUnknownKey(error)) this.known = null;
      throw asRefusal(error);
    }
  }

  private askMore(configuration: oidc.Configuration, idToken: Claims): boolean {
    const { provider, needsGroups } = this.options;
    const canAsk = provider.fetchUserInfo && configuration.serverMetadata().userinfo_endpoint !== undefined;
    return canAsk && !saysEnough(idToken, provider, { groups: needsGroups });
  }

  /** All callers at the same time wait for one request; a failure is not kept. */
  private async configuration(): Promise<oidc.Configuration> {
    if (this.known === null || this.known.untilMs < Date.now()) {
      const configuration = this.discover();
      this.known = { configuration, untilMs: Date.now() + KNOWN_FOR_MS };
    }
    const { known } = this;
    try {
      return await known.configuration;
    } catch (error) {
      if (this.known === known) this.known = null;
      throw new Unavailable("The provider cannot be reached, or is not set up as it should be. Try again in a while.", {
        cause: error,
      });
    }
  }

  private async discover(): Promise<oidc.Configuration> {
    const issuer = new URL(this.options.provider.discoveryUrl.replace(WELL_KNOWN, ""));
    const configuration = await this.discoverAs(issuer).catch((error: unknown) => {
      // Issuers of some providers end with a slash, which the URL of their discovery document does not show.
      const slashed = `${issuer.href}/`;
      if (issuerFoundInstead(error) !== slashed) throw error;
      return this.discoverAs(new URL(slashed));
    });
    oidc.enableNonRepudiationChecks(configuration);
    return configuration;
  }

  private discoverAs(issuer: URL): Promise<oidc.Configuration> {
    const { provider, clockToleranceSeconds, timeoutSeconds } = this.options;
    return oidc.discovery(
      issuer,
      provider.clientId,
      { [oidc.clockTolerance]: clockToleranceSeconds },
      authentication(provider),
      {
        timeout: timeoutSeconds,
        [oidc.customFetch]: (url, options) =>
          boundedFetch(url, options as RequestInit, { maxBytes: MAX_ANSWER_BYTES, redirects: "AS_FETCH" }),
        // The configuration allows it on the machine itself only.
        execute: issuer.protocol === "http:" ? [oidc.allowInsecureRequests] : [],
      },
    );
  }
}

/**
 * By the method that the configuration names, else by the one that OpenID Connect takes for granted, if the provider
 * has it.
 */
function authentication({ clientSecret, clientAuthentication }: ProviderConfig): oidc.ClientAuth {
  if (clientSecret === undefined) return oidc.None();
  const [basic, post] = [oidc.ClientSecretBasic(clientSecret), oidc.ClientSecretPost(clientSecret)];
  return (server, ...request) => {
    const method = clientAuthentication ?? "client_secret_basic";
    const has = server.token_endpoint_auth_methods_supported?.includes(method) ?? true;
    const chosen = clientAuthentication !== undefined || has ? method : "client_secret_post";
    return (chosen === "client_secret_basic" ? basic : post)(server, ...request);
  };
}
