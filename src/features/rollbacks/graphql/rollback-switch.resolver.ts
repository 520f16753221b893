import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { DEPLOYMENT_PERMISSIONS } from "../../deployments";
import { Deployment } from "../../deployments/graphql";
import { can, deploymentScope } from "../../../kernel/permissions";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { switchBlockers } from "../domain/deployment-rules";
import type { RollbackSettings } from "../domain/rollback-question";
import { RollbackSwitch } from "./rollback.types";

@Resolver(() => Deployment)
export class RollbackSwitchResolver {
  constructor(private readonly settings: RollbackSettings) {}

  @FieldResolver(() => RollbackSwitch, {
    description: "Its own rollback switch, and why rollbacks are not allowed even if that is on.",
  })
  async rollbackSwitch(
    @Root() { record: deployment }: Deployment,
    @Ctx() context: GraphqlContext,
  ): Promise<RollbackSwitch> {
    return {
      enabled: deployment.rollbackEnabled,
      changeable: can(await context.actor(), DEPLOYMENT_PERMISSIONS.update, deploymentScope(deployment)),
      blockers: switchBlockers({ settings: this.settings, deployment }),
    };
  }
}
