import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { Executor } from "../../deployments";
import {
  DagDeployment,
  Deployment,
  ExecutorType,
  InputEnvironmentVariable,
  presentDeployment,
  Scheduler,
  Triggerer,
  Webserver,
  Workers,
} from "../../deployments/graphql";
import { InvalidInput } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Json, Uuid } from "../../../infrastructure/graphql/scalars";
import type { RecordDeploy } from "../app/record-deploy";
import type { UpsertDeployment } from "../app/upsert-deployment";
import { hasSource, readSource } from "../domain/deploy-source";
import { DeploySourceInput } from "./deploy-source.input";

@Resolver()
export class ImageDeployResolver {
  constructor(
    private readonly record: RecordDeploy,
    private readonly upsert: UpsertDeployment,
  ) {}

  @Mutation(() => Deployment, {
    nullable: true,
    description:
      "Deploys an image that is in a registry already: records it in the deploy history and rolls it out. Requires deployment.images.push.",
  })
  async updateDeploymentImage(
    @Ctx() context: GraphqlContext,
    @Arg("releaseName", () => String, { description: "The Deployment's release name." }) releaseName: string,
    @Arg("image", () => String, { description: "The image reference, repository:tag or repository@digest." })
    image: string,
    @Arg("airflowVersion", () => String, { nullable: true, description: "The Airflow in the image." })
    airflowVersion?: string | null,
    @Arg("runtimeVersion", () => String, {
      nullable: true,
      description:
        "The Runtime in the image; empty where it has none. Without both versions the image is taken to hold what runs.",
    })
    runtimeVersion?: string | null,
    @Arg("description", () => String, {
      nullable: true,
      description: "What to say of it in the history; at most 500 characters.",
    })
    description?: string | null,
    @Arg("imageDigest", () => String, {
      nullable: true,
      description: "The image's digest, sha256:…; with it a moved tag cannot bring another image back.",
    })
    imageDigest?: string | null,
    @Arg("source", () => DeploySourceInput, {
      nullable: true,
      description: "The commit, branch, link and author of the image.",
    })
    source?: DeploySourceInput | null,
  ): Promise<Deployment> {
    const deployment = await this.record.execute({
      actor: await context.actor(),
      releaseName,
      deploy: {
        image,
        imageDigest: imageDigest || undefined,
        airflowVersion: airflowVersion || undefined,
        runtimeVersion: runtimeVersion || undefined,
        description,
        source: readSource(source),
      },
    });
    return presentDeployment(deployment);
  }

  @Mutation(() => Deployment, {
    nullable: true,
    description:
      "Creates a Deployment, of which you become DEPLOYMENT_ADMIN as with createDeployment, or with deploymentUuid changes one, and deploys an image if one is given: all of it or nothing. Off unless the installation turns it on. Requires workspace.deployments.upsert or deployment.config.upsert.",
  })
  async upsertDeployment(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { nullable: true, description: "The Workspace of a new Deployment." })
    workspaceId?: string | null,
    @Arg("deploymentUuid", () => Uuid, { nullable: true, description: "The Deployment to change." })
    deploymentId?: string | null,
    @Arg("label", () => String, { nullable: true, description: "Its name for people." }) label?: string | null,
    @Arg("description", () => String, { nullable: true, description: "What it is for." }) description?: string | null,
    @Arg("releaseName", () => String, {
      nullable: true,
      description: "Of a new Deployment, where the installation allows to choose it.",
    })
    releaseName?: string | null,
    @Arg("namespace", () => String, {
      nullable: true,
      description: "Of a new Deployment, where the installation allows to choose it.",
    })
    namespace?: string | null,
    @Arg("environmentVariables", () => [InputEnvironmentVariable], {
      nullable: "itemsAndList",
      description: "All environment variables as they are to be.",
    })
    environmentVariables?: (InputEnvironmentVariable | null)[] | null,
    @Arg("image", () => String, { nullable: true, description: "The image to deploy." }) image?: string | null,
    @Arg("dockerconfigjson", () => Json, {
      nullable: true,
      description: "Credentials of the image's registry, as Docker writes them.",
    })
    dockerConfigJson?: unknown,
    @Arg("version", () => String, {
      nullable: true,
      description: "Taken for the sake of older clients; the chart's version is the platform's own.",
    })
    _version?: string | null,
    @Arg("airflowVersion", () => String, {
      nullable: true,
      description: "The Airflow of a new Deployment, or in the image.",
    })
    airflowVersion?: string | null,
    @Arg("runtimeVersion", () => String, {
      nullable: true,
      description: "The Runtime of a new Deployment, or in the image.",
    })
    runtimeVersion?: string | null,
    @Arg("desiredRuntimeVersion", () => String, {
      nullable: true,
      description: "The Runtime to wait for; a new Deployment without another version starts with it.",
    })
    desiredRuntimeVersion?: string | null,
    @Arg("executor", () => ExecutorType, { nullable: true, description: "What runs its tasks." })
    executor?: Executor | null,
    @Arg("workers", () => Workers, { nullable: true, description: "Settings of the workers." })
    workers?: Workers | null,
    @Arg("webserver", () => Webserver, { nullable: true, description: "Settings of the web server." })
    webserver?: Webserver | null,
    @Arg("scheduler", () => Scheduler, { nullable: true, description: "Settings of the scheduler." })
    scheduler?: Scheduler | null,
    @Arg("triggerer", () => Triggerer, { nullable: true, description: "Settings of the triggerer." })
    triggerer?: Triggerer | null,
    @Arg("dagDeployment", () => DagDeployment, { nullable: true, description: "How DAGs reach it." })
    dagDeployment?: DagDeployment | null,
    @Arg("properties", () => Json, { nullable: true, description: "Free properties; a JSON object." })
    properties?: unknown,
    @Arg("cloudRole", () => String, { nullable: true, description: "The cloud role that its pods take on." })
    cloudRole?: string | null,
    @Arg("astroUnitsEnabled", () => Boolean, {
      nullable: true,
      description: "True takes resources in Astro units only from now on; false takes them as they are given.",
    })
    astroUnitsEnabled?: boolean | null,
    @Arg("source", () => DeploySourceInput, {
      nullable: true,
      description: "The commit, branch, link and author of the image; only together with one.",
    })
    source?: DeploySourceInput | null,
  ): Promise<Deployment> {
    const readable = readSource(source);
    if (!image && hasSource(readable)) throw new InvalidInput("source", "can only be given together with an image");
    const variables = environmentVariables?.filter((variable) => variable !== null);
    const deployment = await this.upsert.execute({
      actor: await context.actor(),
      workspaceId: workspaceId || undefined,
      deploymentId: deploymentId || undefined,
      input: {
        label: label || undefined,
        description: description ?? undefined,
        releaseName: releaseName || undefined,
        namespace: namespace || undefined,
        executor: executor ?? undefined,
        airflowVersion: airflowVersion || undefined,
        runtimeVersion: runtimeVersion || undefined,
        desiredRuntimeVersion: desiredRuntimeVersion || undefined,
        cloudRole: cloudRole || undefined,
        dagDeployment: dagDeployment ? { ...dagDeployment } : undefined,
        components: { workers, webserver, scheduler, triggerer },
        astroUnitsEnabled: astroUnitsEnabled ?? undefined,
        properties: properties ?? undefined,
        dockerConfigJson: dockerConfigJson ?? undefined,
        environmentVariables: variables,
      },
      deploy: image
        ? {
            image,
            airflowVersion: airflowVersion || undefined,
            runtimeVersion: runtimeVersion || undefined,
            source: readable,
          }
        : undefined,
    });
    return presentDeployment(deployment, variables === undefined ? null : deployment.environmentVariables);
  }
}
