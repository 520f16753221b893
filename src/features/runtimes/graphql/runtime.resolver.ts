import { Arg, Ctx, Field, Int, ObjectType, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { DateTime, Json, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Clock } from "../../../kernel/clock";
import type { Instant } from "../../../kernel/instant";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { Actor } from "../../../kernel/permissions";
import type { RuntimeCatalogue } from "../domain/catalogue";
import { isRuntimeAtLeast, statedVersion } from "../domain/version";
import { appConfigOf, type PlatformSettings } from "../domain/app-config";

@ObjectType({ simpleResolvers: true, description: "What the installation says about rollbacks." })
export class DeployRollbackConfig {
  @Field(() => Boolean, { description: "Whether they are on for the installation." })
  enabled: boolean;

  @Field(() => Int, { description: "How many days back they reach." })
  retentionDays: number;

  @Field(() => Boolean, {
    description: "Whether rollbackDeploy wants acknowledgeDataLoss where the database loses data.",
  })
  requireDataLossAcknowledgement: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: "Settings of the whole platform. Answered without a login, and whatever token is sent.",
})
export class AppConfig {
  @Field(() => String, {
    nullable: true,
    description: "The platform version whose dialect this API speaks; clients choose their queries by it.",
  })
  version: string | null;

  @Field(() => String, { nullable: true, description: "The domain that all addresses end in." })
  baseDomain: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Where images are pushed on an installation with a registry of its own: host and path.",
  })
  byoUpdateRegistryHost: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether mail can be sent." })
  smtpConfigured: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether release names can be chosen." })
  manualReleaseNames: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a Deployment can get its DAGs by other means than the image.",
  })
  configureDagDeployment: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether DAGs can come from an NFS volume." })
  nfsMountDagDeployment: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether namespaces can be chosen." })
  manualNamespaceNames: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether deleted Deployments go at once." })
  hardDeleteDeployment: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether Deployments have a triggerer." })
  triggererEnabled: boolean | null;

  @Field(() => String, { description: "The version of this product." })
  productVersion: string;

  @Field(() => DateTime, { description: "The time by the service's clock, for clients whose own may be wrong." })
  now: Instant;

  @Field(() => DeployRollbackConfig, { description: "What the installation says about rollbacks." })
  deployRollback: DeployRollbackConfig;

  @Field(() => Json, { nullable: true, description: "An object of booleans: which features are on." })
  featureFlags: Readonly<Record<string, boolean>> | null;
}

@ObjectType({ simpleResolvers: true, description: "A release of the Runtime." })
export class RuntimeRelease {
  @Field(() => String, { nullable: true, description: "The Runtime's version." })
  version: string | null;

  @Field(() => String, { nullable: true, description: "The Airflow inside." })
  airflowVersion: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether its metadata database has another schema than that of the release before it.",
  })
  airflowDatabaseMigrations: boolean | null;
}

@Resolver()
export class PlatformResolver {
  constructor(
    private readonly settings: PlatformSettings,
    private readonly catalogue: RuntimeCatalogue,
    private readonly clock: Clock,
    /** Runtime versions of the Deployments that the actor may see. */
    private readonly versionsInUse: (actor: Actor) => Promise<readonly string[]>,
  ) {}

  @Query(() => AppConfig, { nullable: true, description: "Settings of the whole platform. Answered without a login." })
  appConfig(): AppConfig {
    return { ...appConfigOf(this.settings), now: this.clock() };
  }

  @MaxItems(200)
  @Query(() => [RuntimeRelease], {
    nullable: true,
    description:
      "Runtime releases to choose from, and those in use on Deployments that you may see; newest first. For everybody who is signed in.",
  })
  async runtimeReleases(
    @Ctx() context: GraphqlContext,
    @Arg("airflowVersion", () => String, {
      nullable: true,
      description: "Only releases with this Airflow; always what a Deployment on it can move to, be it deprecated.",
    })
    airflowVersion?: string | null,
    @Arg("clusterId", () => Uuid, { nullable: true, description: "Means nothing here; clients send it empty." })
    _clusterId?: string | null,
  ): Promise<RuntimeRelease[]> {
    const actor = await context.actor();
    const { listAllRuntimeVersions, minimumRuntimeVersion } = this.settings;
    const wanted = statedVersion(airflowVersion) ?? undefined;
    const inUse = wanted === undefined && !listAllRuntimeVersions ? await this.versionsInUse(actor) : [];
    return this.catalogue
      .releases({ airflowVersion: wanted, inUse, includeAll: listAllRuntimeVersions })
      .filter(({ version }) => isRuntimeAtLeast(minimumRuntimeVersion, version))
      .map(({ version, airflowVersion: inside, airflowDatabaseMigrations }) => ({
        version,
        airflowVersion: inside,
        airflowDatabaseMigrations,
      }));
  }
}
