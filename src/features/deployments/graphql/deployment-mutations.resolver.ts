import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { InvalidInput } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Json, Uuid } from "../../../infrastructure/graphql/scalars";
import type { CreateDeployment } from "../app/create-deployment";
import type { DeleteDeployment } from "../app/delete-deployment";
import type { SetRollbackSwitch } from "../app/set-rollback-switch";
import type { DeploymentChanges, UpdateDeployment } from "../app/update-deployment";
import type { Executor, JsonObject } from "../domain/deployment";
import { DagDeployment, InputEnvironmentVariable, Triggerer } from "./deployment.inputs";
import { Deployment, EnvironmentVariable, ExecutorType, presentDeployment } from "./deployment.types";

@Resolver()
export class DeploymentMutationResolver {
  constructor(
    private readonly deps: {
      readonly create: CreateDeployment;
      readonly update: UpdateDeployment;
      readonly delete: DeleteDeployment;
      readonly rollbackSwitch: SetRollbackSwitch;
    },
  ) {}

  @Mutation(() => Deployment, {
    nullable: true,
    description:
      "Creates a Deployment, which runs nothing until its first deploy, and makes you its DEPLOYMENT_ADMIN unless you act as one anyway. Requires workspace.deployments.create.",
  })
  async createDeployment(
    @Ctx() context: GraphqlContext,
    @Arg("label", () => String, { description: "Its name for people, 1 to 190 characters." }) label: string,
    @Arg("type", () => String, { nullable: true, defaultValue: "airflow", description: "Only airflow." })
    type: string | null,
    @Arg("workspaceUuid", () => Uuid, { nullable: true, description: "The Workspace that it is to belong to." })
    workspaceId?: string | null,
    @Arg("releaseName", () => String, {
      nullable: true,
      description: "Where the installation allows to choose it; else two words and four digits.",
    })
    releaseName?: string | null,
    @Arg("executor", () => ExecutorType, { nullable: true, description: "CeleryExecutor unless given." })
    executor?: Executor | null,
    @Arg("airflowVersion", () => String, { nullable: true, description: "For an Airflow without Runtime." })
    airflowVersion?: string | null,
    @Arg("runtimeVersion", () => String, {
      nullable: true,
      description: "Without either version: the newest Runtime with Airflow 2.",
    })
    runtimeVersion?: string | null,
    @Arg("namespace", () => String, {
      nullable: true,
      description:
        "Where the installation allows to choose it: one of availableNamespaces, or any that is free; else the release name.",
    })
    namespace?: string | null,
    @Arg("config", () => Json, {
      nullable: true,
      description:
        "A JSON object: executor, workers, webserver, scheduler and triggerer count like the arguments, which win; the rest is kept as it is.",
    })
    config?: unknown,
    @Arg("cloudRole", () => String, { nullable: true, description: "The cloud role that its pods take on." })
    cloudRole?: string | null,
    @Arg("dagDeployment", () => DagDeployment, {
      nullable: true,
      description: "How DAGs reach it; image unless given.",
    })
    dagDeployment?: DagDeployment | null,
    @Arg("triggerer", () => Triggerer, { nullable: true, description: "Settings of the triggerer." })
    triggerer?: Triggerer | null,
    @Arg("astroUnitsEnabled", () => Boolean, {
      nullable: true,
      description: "True takes resources in Astro units only; otherwise they are taken as they are given.",
    })
    astroUnitsEnabled?: boolean | null,
  ): Promise<Deployment> {
    const actor = await context.actor();
    if (!workspaceId) throw new InvalidInput("workspaceUuid", "has to be given");
    const created = await this.deps.create.execute({
      actor,
      workspaceId,
      input: {
        label,
        type: type || undefined,
        releaseName: releaseName || undefined,
        namespace: namespace || undefined,
        executor: executor ?? undefined,
        airflowVersion: airflowVersion || undefined,
        runtimeVersion: runtimeVersion || undefined,
        config,
        cloudRole: cloudRole || undefined,
        dagDeployment: dagDeployment ? { ...dagDeployment } : undefined,
        components: { triggerer },
        astroUnitsEnabled: astroUnitsEnabled ?? undefined,
      },
    });
    return presentDeployment(created);
  }

  @Mutation(() => Deployment, {
    nullable: true,
    description:
      "Changes settings of a Deployment; what is left out or empty stays. Requires deployment.config.update.",
  })
  async updateDeployment(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("payload", () => Json, {
      nullable: true,
      description: "May hold label and description; a null description clears it.",
    })
    payload?: unknown,
    @Arg("executor", () => ExecutorType, { nullable: true, description: "What runs its tasks." })
    executor?: Executor | null,
    @Arg("cloudRole", () => String, { nullable: true, description: "The cloud role that its pods take on." })
    cloudRole?: string | null,
    @Arg("dagDeployment", () => DagDeployment, { nullable: true, description: "How DAGs reach it." })
    dagDeployment?: DagDeployment | null,
    @Arg("triggerer", () => Triggerer, { nullable: true, description: "Settings of the triggerer." })
    triggerer?: Triggerer | null,
  ): Promise<Deployment> {
    const actor = await context.actor();
    const updated = await this.deps.update.execute({
      actor,
      deploymentId,
      changes: {
        ...labelAndDescription(payload),
        executor: executor ?? undefined,
        cloudRole: cloudRole || undefined,
        dagDeployment: dagDeployment ? { ...dagDeployment } : undefined,
        components: { triggerer },
      },
    });
    return presentDeployment(updated);
  }

  @MaxItems(100)
  @Mutation(() => [EnvironmentVariable], {
    nullable: true,
    description:
      "Replaces the environment variables of a Deployment; a rollback never touches them. Requires deployment.variables.update.",
  })
  async updateDeploymentVariables(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("releaseName", () => String, { description: "Its release name, as a check." }) releaseName: string,
    @Arg("environmentVariables", () => [InputEnvironmentVariable], { description: "All of them as they are to be." })
    variables: InputEnvironmentVariable[],
  ): Promise<EnvironmentVariable[]> {
    const actor = await context.actor();
    return this.deps.update.setVariables({ actor, deploymentId, releaseName, variables });
  }

  @Mutation(() => Deployment, {
    nullable: true,
    description:
      "Asks for another Runtime; it is deployed with the next image that holds it. Requires deployment.config.update.",
  })
  async updateDeploymentRuntime(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("desiredRuntimeVersion", () => String, { description: "A release of the catalogue, no older than what runs." })
    desiredRuntimeVersion: string,
  ): Promise<Deployment> {
    const actor = await context.actor();
    return presentDeployment(await this.deps.update.setDesiredRuntime({ actor, deploymentId, desiredRuntimeVersion }));
  }

  @Mutation(() => Deployment, {
    nullable: true,
    description:
      "Asks for another Airflow, on a Deployment without a Runtime; it is deployed with the next image that holds it. Requires deployment.config.update.",
  })
  async updateDeploymentAirflow(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("desiredAirflowVersion", () => String, {
      description: "One of deploymentConfig, no older than what runs; the one that runs takes an upgrade back.",
    })
    desiredAirflowVersion: string,
  ): Promise<Deployment> {
    const actor = await context.actor();
    return presentDeployment(await this.deps.update.setDesiredAirflow({ actor, deploymentId, desiredAirflowVersion }));
  }

  @Mutation(() => Deployment, {
    nullable: true,
    description: "Takes back a Runtime that was asked for and is not deployed yet. Requires deployment.config.update.",
  })
  async cancelRuntimeUpdate(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
  ): Promise<Deployment> {
    const actor = await context.actor();
    return presentDeployment(await this.deps.update.cancelRuntimeUpdate({ actor, deploymentId }));
  }

  @Mutation(() => Deployment, {
    nullable: true,
    description: "Deletes a Deployment with everything granted on it. Requires deployment.config.delete.",
  })
  async deleteDeployment(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("deploymentHardDelete", () => Boolean, {
      nullable: true,
      description: "Whether its deploy history goes at once, and its release name is free again.",
    })
    hard?: boolean | null,
  ): Promise<Deployment> {
    const actor = await context.actor();
    return presentDeployment(await this.deps.delete.execute({ actor, deploymentId, hard: hard ?? false }));
  }

  @Mutation(() => Deployment, {
    description: "Turns a Deployment's own rollback switch on or off. Requires deployment.config.update.",
  })
  async updateDeploymentRollback(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which one." }) deploymentId: string,
    @Arg("enabled", () => Boolean, { description: "Whether it may be rolled back." }) enabled: boolean,
  ): Promise<Deployment> {
    const actor = await context.actor();
    return presentDeployment(await this.deps.rollbackSwitch.execute({ actor, deploymentId, enabled }));
  }
}

/** @throws InvalidInput unless the payload is an object with texts */
function labelAndDescription(payload: unknown): Pick<DeploymentChanges, "label" | "description"> {
  if (payload === undefined || payload === null) return {};
  if (typeof payload !== "object" || Array.isArray(payload))
    throw new InvalidInput("payload", "has to be a JSON object");
  const { label, description } = payload as JsonObject;
  if (label !== undefined && typeof label !== "string") throw new InvalidInput("payload", "label has to be a string");
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw new InvalidInput("payload", "description has to be a string or null");
  }
  return { ...(label !== undefined && { label }), ...(description !== undefined && { description }) };
}
