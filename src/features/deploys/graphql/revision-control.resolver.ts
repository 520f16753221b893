import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { CancelDeploy } from "../app/cancel-deploy";
import type { PinRevision } from "../app/pin-revision";
import { DeployRevision, presentRevision } from "./deploy.types";

@Resolver()
export class RevisionControlResolver {
  constructor(private readonly deps: { readonly cancel: CancelDeploy; readonly pin: PinRevision }) {}

  @Mutation(() => DeployRevision, {
    description:
      "Cancels a deploy or rollback that is under way: it becomes SUPERSEDED, and what ran before still runs. CONFLICT if it is finished. Requires deployment.images.push.",
  })
  async cancelDeploy(
    @Ctx() context: GraphqlContext,
    @Arg("deployRevisionId", () => Uuid, { description: "The revision that is under way." }) revisionId: string,
    @Arg("description", () => String, { description: "Why; 1 to 500 characters after trimming." }) description: string,
  ): Promise<DeployRevision> {
    const actor = await context.actor();
    return presentRevision(await this.deps.cancel.execute({ actor, revisionId, description }));
  }

  @Mutation(() => DeployRevision, {
    description:
      "Pins a revision, or lets it go: a pinned one is never cleaned up, and never expires as a target. Requires deployment.config.update.",
  })
  async pinDeployRevision(
    @Ctx() context: GraphqlContext,
    @Arg("deployRevisionId", () => Uuid, { description: "Which one." }) revisionId: string,
    @Arg("pinned", () => Boolean, { description: "True pins it, false lets it go." }) pinned: boolean,
  ): Promise<DeployRevision> {
    const actor = await context.actor();
    return presentRevision(await this.deps.pin.execute({ actor, revisionId, pinned }));
  }
}
