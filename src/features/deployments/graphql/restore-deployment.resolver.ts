import { Arg, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import type { RestoreDeployment } from "../app/restore-deployment";
import { Deployment, presentDeployment } from "./deployment.types";

@ObjectType({
  simpleResolvers: true,
  description: "A Deployment that was deleted and is kept for a while, with its names.",
})
export class DeletedDeployment {
  @Field(() => ID, { description: "Its id." })
  id: string;

  @Field(() => String, { description: "Its name for people." })
  label: string;

  @Field(() => String, { description: "Its release name, which is taken until then." })
  releaseName: string;

  @Field(() => DateTime, { description: "When it was deleted." })
  deletedAt: Instant;

  @Field(() => DateTime, { description: "It can be restored until then." })
  keptUntil: Instant;
}

@Resolver()
export class RestoreDeploymentResolver {
  constructor(private readonly restore: RestoreDeployment) {}

  @MaxItems(100)
  @Query(() => [DeletedDeployment], {
    description:
      "The Deployments of a Workspace that were deleted and can be restored, the last one first, 100 at most. Requires deployment.config.delete on its Deployments.",
  })
  async deletedDeployments(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
  ): Promise<DeletedDeployment[]> {
    return this.restore.list(await context.actor(), workspaceId);
  }

  @Mutation(() => Deployment, {
    description:
      "Restores a Deployment that was deleted, with its settings, its deploy history and what it ran; roles and service accounts on it stay gone. NOT_FOUND once it is not kept any more, or was deleted for good. Requires deployment.config.delete.",
  })
  async restoreDeployment(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
  ): Promise<Deployment> {
    return presentDeployment(await this.restore.execute({ actor: await context.actor(), deploymentId }));
  }
}
