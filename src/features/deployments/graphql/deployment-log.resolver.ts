import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { DeploymentLog } from "../../logs/graphql";
import type { Instant } from "../../../shared/domain/instant";
import type { GraphqlContext } from "../../../shared/graphql/context";
import { DateTime, Uuid } from "../../../shared/graphql/scalars";
import type { DeploymentQueries } from "../app/deployment-queries";

@Resolver()
export class DeploymentLogResolver {
  constructor(private readonly queries: DeploymentQueries) {}

  @Query(() => [DeploymentLog], {
    nullable: true,
    description: "Log lines of a Deployment, oldest first, the newest thousand at most. Takes deployment.logs.get.",
  })
  async logs(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("component", () => String, { nullable: true, description: "Only this one: scheduler, webserver, worker, deploy-rollback …" })
    component?: string | null,
    @Arg("timestamp", () => DateTime, { nullable: true, description: "Only from this instant on." }) since?: Instant | null,
    @Arg("search", () => String, { nullable: true, description: "Only lines that hold this text, in either case." }) text?: string | null,
  ): Promise<DeploymentLog[]> {
    return this.queries.logs(await context.actor(), {
      deploymentId,
      ...(component && { component }),
      ...(since && { since }),
      ...(text && { text }),
    });
  }
}
