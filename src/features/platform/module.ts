import type { Config } from "../../config";
import { loadCatalogue } from "./app/load-catalogue";
import { PlatformResolver } from "./graphql/platform.resolver";

export async function createPlatformModule({ deployments, server }: Config) {
  const catalogue = await loadCatalogue(deployments.runtimeReleases);
  return { catalogue, resolvers: [new PlatformResolver({ ...deployments, baseDomain: server.baseDomain }, catalogue)] };
}
