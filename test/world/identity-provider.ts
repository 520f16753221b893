import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface IdentityProviderOptions {
  readonly redirectUris: readonly string[];
  /** Null makes the client a public one. */
  readonly clientSecret?: string | null;
  /**
   * Whether the id token tells everything; otherwise the userinfo endpoint has to be asked, as OpenID Connect has it.
   */
  readonly claimsInIdToken?: boolean;
}

export interface TestIdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** From now on somebody can sign in there by that name, with any password. */
  setPerson(subject: string, claims: Readonly<Record<string, unknown>>): Promise<void>;
  stop(): Promise<void>;
}

/** A real provider of OpenID Connect: npm's oidc-provider, which is certified for it. */
export async function startIdentityProvider({
  redirectUris,
  clientSecret = "the client's own secret",
  claimsInIdToken = false,
}: IdentityProviderOptions): Promise<TestIdentityProvider> {
  const clientId = "retrograde";
  const child = fork(
    join(__dirname, "identity-provider-process.mjs"),
    [JSON.stringify({ clientId, clientSecret, redirectUris, claimsInIdToken })],
    {
      // It warns of runtimes older than those that it supports, and of being a test.
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    },
  );
  const [{ issuer }] = (await once(child, "message")) as [{ issuer: string }];
  return {
    issuer,
    clientId,
    clientSecret,
    async setPerson(subject, claims) {
      const known = once(child, "message");
      child.send({ subject, claims });
      await known;
    },
    async stop() {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
