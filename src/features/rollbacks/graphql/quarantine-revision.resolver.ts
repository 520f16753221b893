import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { heldContentOf } from "../../deploys";
import { DeployRevision, type DeployLoaders } from "../../deploys/graphql";
import { holdAgainst } from "../../holds";
import { presentQuarantine, Quarantine, type HoldLoaders } from "../../holds/graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { QuarantineRevision } from "../app/quarantine-revision";

@Resolver(() => DeployRevision)
export class QuarantineRevisionResolver {
  constructor(
    private readonly deps: {
      readonly quarantine: QuarantineRevision;
      readonly loaders: (context: GraphqlContext) => DeployLoaders;
      readonly holdLoaders: (context: GraphqlContext) => HoldLoaders;
    },
  ) {}

  @Mutation(() => Quarantine, {
    description:
      "Quarantines what a revision has brought: its image, its DAG bundle or both, by the revision's type. Deploying that again is refused with QUARANTINED until it is lifted; what runs goes on running. Requires deployment.images.push.",
  })
  async quarantineDeployRevision(
    @Ctx() context: GraphqlContext,
    @Arg("deployRevisionId", () => Uuid, { description: "Which one." }) revisionId: string,
    @Arg("reason", () => String, { description: "Why; 1 to 500 characters after trimming." }) reason: string,
  ): Promise<Quarantine> {
    const actor = await context.actor();
    return presentQuarantine(await this.deps.quarantine.execute({ actor, revisionId, reason }));
  }

  @FieldResolver(() => Quarantine, {
    nullable: true,
    description:
      "Set while its image or its DAG bundle is quarantined, on this or another revision: the newest such quarantine.",
  })
  async quarantine(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<Quarantine | null> {
    const holds = await this.deps.holdLoaders(context).holds.load(record.deploymentId);
    if (holds.length === 0) return null;
    const { bundles } = this.deps.loaders(context);
    const content = await heldContentOf(record, async () => (await bundles.load(record))?.sha256 ?? null);
    const hold = holdAgainst(holds, content);
    return hold && presentQuarantine(hold);
  }
}
