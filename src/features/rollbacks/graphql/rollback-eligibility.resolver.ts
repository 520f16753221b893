import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { BundleState, DagBundle } from "../../bundles";
import { DeployRevision, type DeployLoaders } from "../../deploys/graphql";
import type { HoldLoaders } from "../../holds/graphql";
import { NotFound } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { AssessRollback } from "../app/assess-rollback";
import { holdOnTarget } from "../app/hold-on-target";
import { RollbackEligibility } from "./rollback.types";

/** Whether the caller may roll back, as a field of each revision. */
@Resolver(() => DeployRevision)
export class RollbackEligibilityResolver {
  constructor(
    private readonly deps: {
      readonly assess: AssessRollback;
      /**
       * Whether a bundle is stored, without reading it; null if that is unknown, or the check is off.
       */
      readonly checkPresence: (bundle: DagBundle) => Promise<BundleState | null>;
      readonly loaders: (context: GraphqlContext) => DeployLoaders;
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
    const bundle = record.dagTarballVersion === null ? null : await this.deps.loaders(context).bundles.load(record);
    const bundleState = bundle && (await this.deps.checkPresence(bundle));
    const holds = await this.deps.holdLoaders(context).holds.load(record.deploymentId);
    const { bundles } = this.deps.loaders(context);
    const hold = await holdOnTarget(
      holds,
      state,
      record,
      async (revision) => (await bundles.load(revision))?.sha256 ?? null,
    );
    const known = { bundle: bundleState, image: null, hold };
    const { blockers, warnings } = this.deps.assess.assess(actor, state, record, known);
    return { allowed: blockers.length === 0, blockers, warnings };
  }
}
