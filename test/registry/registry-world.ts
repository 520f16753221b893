import type { AddressInfo } from "node:net";
import { startFakeRegistry } from "../fakes/fake-registry";
import { startTestApp, type TestApp, type TestAppOptions } from "../world/app";
import { hasDockerRegistry, startDockerRegistry } from "./docker-registry";
import { RegistryClient } from "./registry-client";
import { freePort } from "../world/free-port";

export const EVENTS_HEADER = "Bearer what the registry sends";

/** The registries that can be started here; the fake stands in for the real one where that is not installed. */
export const registries = [
  { kind: "the fake", start: startFakeRegistry },
  ...(hasDockerRegistry() ? [{ kind: "docker-registry", start: startDockerRegistry }] : []),
];

export interface RegistryWorld extends TestApp {
  readonly registryUrl: string;
  /** As it stands in the names of images. */
  readonly registryHost: string;
  client(token: string, user?: string): RegistryClient;
  /** Does the work while nobody answers at the registry's address; what it holds stays. */
  away(work: () => Promise<void>): Promise<void>;
}

/** The product with a registry beside it: the registry trusts the product's tokens, and tells it of pushes. */
export async function startRegistryWorld(
  { start }: (typeof registries)[number],
  { env, ...options }: TestAppOptions = {},
): Promise<RegistryWorld> {
  const port = await freePort();
  const registryHost = `127.0.0.1:${port}`;
  const world = await startTestApp({
    ...options,
    env: { REGISTRY__HOST: "127.0.0.1", REGISTRY__PORT: String(port), REGISTRY__AUTH_HEADER: EVENTS_HEADER, ...env },
  });
  const { port: apiPort } = world.app.server.app.server.address() as AddressInfo;
  const api = `http://127.0.0.1:${apiPort}${world.config.server.endpoint}`;
  const { service, issuer } = world.config.registry;
  const registry = await start({
    port,
    realm: `${api}/registry/authorization`,
    service,
    issuer,
    certificatePem: await (await fetch(`${api}/registry/certificate`)).text(),
    notifications: { url: `${api}/registry/events`, authorization: EVENTS_HEADER },
  });
  const registryUrl = `http://${registryHost}`;
  return {
    ...world,
    registryUrl,
    registryHost,
    client: (token, user = "user") => new RegistryClient(registryUrl, { user, password: token }),
    away: (work) => registry.away(work),
    close: async () => {
      await registry.close();
      await world.close();
    },
  };
}
