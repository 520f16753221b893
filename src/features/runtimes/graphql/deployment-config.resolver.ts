import { Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { AirflowImages } from "../domain/airflow-images";

@ObjectType({ simpleResolvers: true, description: "An image of Airflow without a Runtime." })
export class AirflowImage {
  @Field(() => String, { nullable: true, description: "The Airflow inside." })
  version: string | null;

  @Field(() => String, { nullable: true, description: "The tag to build on." })
  tag: string | null;
}

@ObjectType({ simpleResolvers: true, description: "What a Deployment without a Runtime may run." })
export class DeploymentConfig {
  @MaxItems(100)
  @Field(() => [AirflowImage], { nullable: true, description: "The images, newest first." })
  airflowImages: readonly AirflowImage[] | null;

  @MaxItems(100)
  @Field(() => [String], { nullable: true, description: "Their versions, newest first." })
  airflowVersions: readonly string[] | null;

  @Field(() => String, { nullable: true, description: "The tag of the newest one." })
  defaultAirflowImageTag: string | null;
}

@Resolver()
export class DeploymentConfigResolver {
  constructor(private readonly images: AirflowImages) {}

  @Query(() => DeploymentConfig, {
    nullable: true,
    description: "What Deployments without a Runtime may run. For everybody who is signed in.",
  })
  async deploymentConfig(@Ctx() context: GraphqlContext): Promise<DeploymentConfig> {
    await context.actor();
    const { all } = this.images;
    return {
      airflowImages: all,
      airflowVersions: all.map(({ version }) => version),
      defaultAirflowImageTag: all[0]?.tag ?? null,
    };
  }
}
