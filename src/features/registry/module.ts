import type { FastifyInstance } from "fastify";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Config } from "../../config";
import type { OutageLog } from "../../infrastructure/outages/outage-log";
import type { Clock } from "../../kernel/clock";
import type { Actor } from "../../kernel/permissions";
import { SigningKeyUnavailable } from "../../kernel/secret-box";
import type { DeploymentReadModel } from "../deployments";
import { DistributionRegistry } from "./client/distribution-registry";
import { GrantAccess } from "./app/grant-access";
import { LookUpImage } from "./app/look-up-image";
import type { Registry } from "./app/ports";
import { PushedImages } from "./app/pushed-images";
import { answerChallenge } from "./client/answer-challenge";
import { credentialsFor } from "./client/docker-credentials";
import { JwtRegistryTokens, type RegistryKey } from "./crypto/jwt-registry-tokens";
import { selfSignedKey } from "./crypto/self-signed-key";
import { OutsideHosts } from "./client/outside-hosts";
import { apiOf, hostOf, locateImage, type ImageLocation } from "./domain/image-location";
import { tokenRoutes } from "./http/token-routes";

export { selfSignedKey } from "./crypto/self-signed-key";

export interface RegistryModuleOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly outages: OutageLog;
  readonly deployments: DeploymentReadModel;
  /** The key that replicas share, made by `generate` where there is none yet. */
  readonly keptKey: (
    generate: () => Promise<RegistryKey>,
  ) => Promise<{ readonly privateKeyPem: string; readonly certificatePem: string | null }>;
}

/** The name of the service in the registry's own log. */
const OWN_NAME = "retrograde";

export async function createRegistryModule({
  config,
  clock,
  log,
  outages,
  deployments,
  keptKey,
}: RegistryModuleOptions) {
  const { registry, server } = config;
  const key = configuredKey(config) ?? (await keptOwnKey(keptKey, config));
  const tokens = new JwtRegistryTokens(key, registry, clock);
  const own = new DistributionRegistry(
    registry.url,
    async (name) => `Bearer ${(await tokens.issue(OWN_NAME, [{ name, actions: ["pull"] }])).token}`,
  );
  const grant = new GrantAccess({
    deployments,
    tokens,
    baseImages: registry.baseImages,
    maxExtraDeployments: registry.maxExtraDeployments,
  });
  return {
    pushedImages: new PushedImages(own, registry.publicHost),
    lookUpImage: new LookUpImage({
      deployments,
      own,
      ownHost: registry.publicHost,
      ownIsSetUp: registry.authHeader !== undefined,
      baseImages: registry.baseImages,
      others: otherRegistries(config),
    }),
    routes(app: FastifyInstance, authenticate: (header: string | undefined, address: string) => Promise<Actor>): void {
      tokenRoutes(app, {
        endpoint: server.endpoint,
        service: registry.service,
        authenticate,
        grant,
        certificatePem: key.certificatePem,
        log,
        outages,
      });
    },
  };
}

/**
 * Registries beside the installation's own: those that it names, with the password in its file if there is one. A name with
 * a path stands for the repositories below it.
 */
function otherRegistries({ registry, deployments }: Config): (location: ImageLocation) => Registry | null {
  const { credentialsFile, anonymousHosts, trustedHosts } = registry;
  const open = new Set(anonymousHosts.map((host) => host.toLowerCase()));
  const named = deployments.byoRegistryHost === undefined ? null : locateNamed(deployments.byoRegistryHost);
  const trusted = trustedHosts.map((host) => host.toLowerCase());
  return ({ host, repository }) => {
    const isNamed = named !== null && named.host === host && isBelow(repository, named.path);
    if (!isNamed && !open.has(host)) return null;
    // The password is for what is named: elsewhere on that host it would open what nobody meant.
    const hasPassword = credentialsFile !== undefined && (isNamed || named?.host !== host);
    const credentials = async (): Promise<string | null> =>
      hasPassword ? credentialsFor(host, credentialsFile) : null;
    const hosts = new OutsideHosts(new URL(apiOf(host)), trusted);
    return new DistributionRegistry(apiOf(host), answerChallenge(credentials, hosts), hosts.requireReachable);
  };
}

/** `registry.example.com:5000/team`, or a host alone, which has an empty path. */
function locateNamed(name: string): { readonly host: string; readonly path: string } {
  const { host } = locateImage(`${name.replace(/\/+$/, "")}/x`);
  const [first = "", ...rest] = name.replace(/\/+$/, "").split("/");
  return { host, path: hostOf(first) === host ? rest.join("/") : [first, ...rest].join("/") };
}

const isBelow = (repository: string, path: string): boolean =>
  path === "" || repository === path || repository.startsWith(`${path}/`);

/** The registry's own, else those that sign sessions, as on the 0.35 platform, if a certificate is there. */
function configuredKey({ registry, auth }: Config): RegistryKey | null {
  if (registry.certPath !== undefined) return readKey(registry.certPath);
  const { signingKeyPath } = auth;
  return signingKeyPath !== undefined && existsSync(join(signingKeyPath, "tls.crt")) ? readKey(signingKeyPath) : null;
}

const readKey = (folder: string): RegistryKey => ({
  privateKeyPem: readFileSync(join(folder, "tls.key"), "utf8"),
  certificatePem: readFileSync(join(folder, "tls.crt"), "utf8"),
});

async function keptOwnKey(keptKey: RegistryModuleOptions["keptKey"], { registry }: Config): Promise<RegistryKey> {
  const { privateKeyPem, certificatePem } = await keptKey(selfSignedKey).catch((error: unknown) => {
    // Without a registry nobody looks at the tokens, so a key of this process will do.
    if (error instanceof SigningKeyUnavailable && registry.authHeader === undefined) return selfSignedKey();
    throw error;
  });
  if (certificatePem === null) throw new Error("The registry's signing key has no certificate");
  return { privateKeyPem, certificatePem };
}
