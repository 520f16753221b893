import DataLoader from "dataloader";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { READ_HISTORY, type RevisionReadModel, type RevisionView } from "../../deploys";
import { Deployment } from "../../deployments/graphql";
import { DeployRevision, presentRevision } from "../../deploys/graphql";
import type { HoldLoaders } from "../../holds/graphql";
import { groupBy } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import { Cost } from "../../../infrastructure/graphql/declared-costs";
import { can, deploymentScope } from "../../../kernel/permissions";
import type { AssessRollback } from "../app/assess-rollback";
import { lastKnownGood, MAX_CANDIDATES } from "../app/last-known-good";
import { lookUpTargets, type TargetLookUps } from "./look-up-targets";

/** It reads the history of each Deployment. */
const COST = 20;

@Resolver(() => Deployment)
export class LastKnownGoodResolver {
  private readonly candidates: (context: GraphqlContext) => DataLoader<string, RevisionView[]>;

  constructor(
    private readonly deps: TargetLookUps & {
      readonly readModel: Pick<RevisionReadModel, "beforeCurrent">;
      readonly assess: AssessRollback;
      readonly holdLoaders: (context: GraphqlContext) => HoldLoaders;
    },
  ) {
    const query = { statuses: ["DEPLOYED"], limit: MAX_CANDIDATES } as const;
    this.candidates = perRequest(
      () =>
        new DataLoader(async (ids) =>
          groupBy(ids, await deps.readModel.beforeCurrent(ids, query), ({ deploymentId }) => deploymentId),
        ),
    );
  }

  @Cost(COST)
  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description:
      "The newest revision before what runs that rolled out, is not quarantined and is fit to be rolled back to; a rollback that runs stands where its content came from. Null if there is none, or without deployment.deployRevisions.get. Whether the caller may roll back is told by its rollback field.",
  })
  async lastKnownGood(@Root() { record }: Deployment, @Ctx() context: GraphqlContext): Promise<DeployRevision | null> {
    if (!can(await context.actor(), READ_HISTORY, deploymentScope(record))) return null;
    const { historyStates } = this.deps.loaders(context);
    const [state, holds, candidates] = await Promise.all([
      historyStates.load(record.id),
      this.deps.holdLoaders(context).holds.load(record.id),
      this.candidates(context).load(record.id),
    ]);
    if (state === null) return null;
    const found = await lastKnownGood(this.deps.assess, candidates, {
      state,
      holds,
      ...lookUpTargets(this.deps, context),
    });
    return found && presentRevision(found.target);
  }
}
