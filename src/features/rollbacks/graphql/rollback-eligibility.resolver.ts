import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { DeployRevision } from "../../deploys/graphql";
import type { HoldLoaders } from "../../holds/graphql";
import { NotFound } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { AssessRollback } from "../app/assess-rollback";
import { holdOnTarget } from "../app/hold-on-target";
import { lookUpTargets, type TargetLookUps } from "./look-up-targets";
import { RollbackEligibility } from "./rollback.types";

/** Whether the caller may roll back, as a field of each revision. */
@Resolver(() => DeployRevision)
export class RollbackEligibilityResolver {
  constructor(
    private readonly deps: TargetLookUps & {
      readonly assess: AssessRollback;
      readonly holdLoaders: (context: GraphqlContext) => HoldLoaders;
    },
  ) {}

  @FieldResolver(() => RollbackEligibility, {
    description: "Whether the caller could roll back to it now, and if not, why: by the rules of rollbackDeploy.",
  })
  async rollback(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<RollbackEligibility> {
    const [actor, state] = await Promise.all([
      context.actor(),
      this.deps.loaders(context).historyStates.load(record.deploymentId),
    ]);
    if (state === null) throw new NotFound("Deployment");
    const { findChecksum, inspect } = lookUpTargets(this.deps, context);
    const [inspected, holds] = await Promise.all([
      inspect(record),
      this.deps.holdLoaders(context).holds.load(record.deploymentId),
    ]);
    const hold = await holdOnTarget(holds, state, record, findChecksum);
    const { blockers, warnings } = this.deps.assess.assess(actor, state, record, { ...inspected, hold });
    return { allowed: blockers.length === 0, blockers, warnings };
  }
}
