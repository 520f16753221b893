import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { DagFileDiff } from "../../bundles/graphql";
import { Cost } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { HistoryQueries } from "../app/history-queries";

@Resolver()
export class DagFileDiffResolver {
  constructor(private readonly queries: HistoryQueries) {}

  @Cost(1_000)
  @Query(() => DagFileDiff, {
    nullable: true,
    description:
      "One DAG file of two revisions of a Deployment, line by line; null where neither has it. Requires deployment.deployRevisions.get.",
  })
  async dagFileDiff(
    @Ctx() context: GraphqlContext,
    @Arg("fromDeployRevisionId", () => Uuid, { description: "The revision to start from." }) fromId: string,
    @Arg("toDeployRevisionId", () => Uuid, { description: "The revision to compare it with, of the same Deployment." })
    toId: string,
    @Arg("path", () => String, { description: "The file's path below the DAG folder, as in rollbackPlan.dags." })
    path: string,
  ): Promise<DagFileDiff | null> {
    return this.queries.dagFile(await context.actor(), { fromId, toId, path });
  }
}
