import type { Config } from "../../config";
import type { Clock } from "../../kernel/clock";
import type { Actor } from "../../kernel/permissions";
import { version } from "../../../package.json";
import { loadCatalogue } from "./client/load-catalogue";
import airflowReleases from "./data/airflow-releases.json";
import { AirflowImages } from "./domain/airflow-images";
import { DeploymentConfigResolver } from "./graphql/deployment-config.resolver";
import { PlatformResolver } from "./graphql/runtime.resolver";

export async function createRuntimesModule({ deployments, server }: Config, clock: Clock) {
  const catalogue = await loadCatalogue(deployments.runtimeReleases);
  const airflowImages = new AirflowImages(airflowReleases);
  return {
    catalogue,
    airflowImages,
    /** `versionsInUse`: Runtime versions of the Deployments that the actor may see. */
    resolvers: (versionsInUse: (actor: Actor) => Promise<readonly string[]>) => [
      new PlatformResolver(
        { ...deployments, baseDomain: server.baseDomain, productVersion: version },
        catalogue,
        clock,
        versionsInUse,
      ),
      new DeploymentConfigResolver(airflowImages),
    ],
  };
}
