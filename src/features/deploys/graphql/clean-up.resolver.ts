import { Arg, Ctx, Field, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { CleanUp } from "../app/clean-up";

@ObjectType({ simpleResolvers: true, description: "What a clean-up did, or would do." })
export class CleanupDeployRevisionsResult {
  @Field(() => Boolean, { description: "Whether it only counted." })
  dryRun: boolean;

  @Field(() => Int, { description: "The age in days beyond which revisions go." })
  olderThanDays: number;

  @Field(() => Int, { description: "How many revisions went." })
  deletedRevisions: number;

  @Field(() => Int, { description: "How many DAG bundles went that no revision needs any more." })
  deletedBundles: number;

  @Field(() => Int, { description: "Old enough, but kept: current, newest, pinned, or being rolled out." })
  keptRevisions: number;
}

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
