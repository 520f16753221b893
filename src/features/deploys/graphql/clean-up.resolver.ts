import { Arg, Ctx, Int, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { CleanUp } from "../app/clean-up";
import { CleanupDeployRevisionsResult } from "./deploy.types";

@Resolver()
export class CleanUpResolver {
  constructor(private readonly cleanUp: CleanUp) {}

  @Mutation(() => CleanupDeployRevisionsResult, {
    description: "Removes old revisions now. Requires system.cleanupDeployRevisions.delete.",
  })
  async cleanupDeployRevisions(
    @Ctx() context: GraphqlContext,
    @Arg("olderThanDays", () => Int, { nullable: true, description: "1 to 3650; without it the configured age." })
    olderThanDays: number | null | undefined,
    @Arg("dryRun", () => Boolean, { nullable: true, defaultValue: false, description: "Only count." })
    dryRun: boolean | null,
  ): Promise<CleanupDeployRevisionsResult> {
    const actor = await context.actor();
    context.liftDeadline();
    return this.cleanUp.executeAs(actor, { olderThanDays: olderThanDays ?? undefined, dryRun: dryRun ?? false });
  }
}
