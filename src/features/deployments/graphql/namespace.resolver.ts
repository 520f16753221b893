import { Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { DeploymentQueries } from "../app/deployment-queries";

@ObjectType({ simpleResolvers: true, description: "A Kubernetes namespace that a Deployment can be put into." })
export class Namespace {
  @Field(() => String, { nullable: true, description: "Its name." })
  name: string | null;
}

@Resolver()
export class NamespaceResolver {
  constructor(private readonly queries: DeploymentQueries) {}

  @MaxItems(100)
  @Query(() => [Namespace], {
    nullable: true,
    description:
      "The namespaces of the installation's pool that no Deployment has; empty where there is no pool. For everybody who is signed in.",
  })
  async availableNamespaces(@Ctx() context: GraphqlContext): Promise<Namespace[]> {
    await context.actor();
    return (await this.queries.availableNamespaces()).map((name) => ({ name }));
  }
}
