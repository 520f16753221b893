import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { DeploymentQueries } from "../app/deployment-queries";
import { EnvironmentVariable } from "./deployment.types";

@Resolver()
export class DeploymentVariablesResolver {
  constructor(private readonly queries: DeploymentQueries) {}

  @MaxItems(100)
  @Query(() => [EnvironmentVariable], {
    nullable: true,
    description:
      "The environment variables of a Deployment, secrets without their values; to be sent back, changed, by updateDeploymentVariables. Requires deployment.variables.get.",
  })
  async deploymentVariables(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("releaseName", () => String, { nullable: true, description: "Its release name, as a check." })
    releaseName?: string | null,
  ): Promise<EnvironmentVariable[]> {
    return this.queries.variables(await context.actor(), { deploymentId, releaseName: releaseName || undefined });
  }
}
