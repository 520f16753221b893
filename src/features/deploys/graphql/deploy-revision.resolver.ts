import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { DagBundle } from "../../bundles/graphql";
import { Deployment, presentDeployment, type DeploymentLoaders } from "../../deployments/graphql";
import { NotFound } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { DeployLoaders } from "./deploy.loaders";
import { DeployRevision, presentRevision } from "./deploy.types";

@Resolver(() => DeployRevision)
export class DeployRevisionResolver {
  constructor(
    private readonly deps: {
      readonly loaders: (context: GraphqlContext) => DeployLoaders;
      readonly deploymentLoaders: (context: GraphqlContext) => DeploymentLoaders;
    },
  ) {}

  @FieldResolver(() => Deployment, { description: "The Deployment whose history it belongs to." })
  async deployment(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<Deployment> {
    const deployment = await this.deps.deploymentLoaders(context).deployments.load(record.deploymentId);
    if (deployment === null) throw new NotFound("Deployment");
    return presentDeployment(deployment);
  }

  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description: "On a rollback: the revision whose content it restored; null once that line was cleaned up.",
  })
  async rollbackFrom(
    @Root() { rollbackFromId }: DeployRevision,
    @Ctx() context: GraphqlContext,
  ): Promise<DeployRevision | null> {
    const revision = rollbackFromId === null ? null : await this.deps.loaders(context).revisions.load(rollbackFromId);
    return revision && presentRevision(revision);
  }

  @FieldResolver(() => DeployRevision, {
    nullable: true,
    description: "On a rollback: the revision that ran when it was triggered; null once that line was cleaned up.",
  })
  async rolledBack(
    @Root() { rolledBackId }: DeployRevision,
    @Ctx() context: GraphqlContext,
  ): Promise<DeployRevision | null> {
    const revision = rolledBackId === null ? null : await this.deps.loaders(context).revisions.load(rolledBackId);
    return revision && presentRevision(revision);
  }

  @FieldResolver(() => DagBundle, {
    nullable: true,
    description: "The DAG bundle that is live with it; null where DAGs come from the image.",
  })
  dagBundle(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<DagBundle | null> | null {
    return record.dagTarballVersion === null ? null : this.deps.loaders(context).bundles.load(record);
  }
}
