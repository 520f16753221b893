import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { DEPLOYMENT_PERMISSIONS } from "../../deployments";
import { Deployment } from "../../deployments/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import { deploymentScope, requirePermission } from "../../../kernel/permissions";
import type { LiftQuarantine } from "../app/lift-quarantine";
import type { HoldLoaders } from "./hold.loaders";
import { presentQuarantine, Quarantine } from "./quarantine.types";

@Resolver()
export class LiftQuarantineResolver {
  constructor(private readonly lift: LiftQuarantine) {}

  @Mutation(() => Quarantine, {
    description:
      "Lifts a quarantine, so that the content can be deployed again, and returns it as it was. Requires deployment.config.update, and a person unless the installation lets service accounts do so.",
  })
  async liftQuarantine(
    @Ctx() context: GraphqlContext,
    @Arg("quarantineId", () => Uuid, { description: "Which one." }) quarantineId: string,
  ): Promise<Quarantine> {
    return presentQuarantine(await this.lift.execute(await context.actor(), quarantineId));
  }
}

/** The quarantines of a Deployment. */
@Resolver(() => Deployment)
export class DeploymentQuarantinesResolver {
  constructor(private readonly deps: { readonly loaders: (context: GraphqlContext) => HoldLoaders }) {}

  @MaxItems(10)
  @FieldResolver(() => [Quarantine], {
    description:
      "What must not be deployed to it, newest first; as many as limits.quarantinesPerDeployment allows. Requires deployment.deployRevisions.get.",
  })
  async quarantines(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<Quarantine[]> {
    requirePermission(await context.actor(), DEPLOYMENT_PERMISSIONS.readHistory, deploymentScope(record));
    return (await this.deps.loaders(context).holds.load(record.id)).map(presentQuarantine);
  }
}
