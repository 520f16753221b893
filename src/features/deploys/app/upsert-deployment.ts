import {
  auditedDeployment,
  DEPLOYMENT_PERMISSIONS,
  UPSERT_IN_WORKSPACE,
  type CreateDeployment,
  type Deployment,
  type DeploymentReadModel,
  type DeploymentChanges,
  type NewDeploymentInput,
  type UpdateDeployment,
} from "../../deployments";
import { isId } from "../../../kernel/ids";
import { FeatureDisabled, InvalidInput } from "../../../kernel/errors";
import { can, deploymentScope, requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import type { ImageDeploy } from "../domain/image-deploy";
import { mayPush, PUSH_IMAGE } from "../domain/permissions";
import type { NoteRefusals } from "./note-refusals";
import type { DeployStores } from "./ports";
import type { RecordDeploy } from "./record-deploy";
import type { VerifyImage } from "./verify-image";

export interface UpsertCommand {
  readonly actor: Actor;
  readonly workspaceId: string | undefined;
  /** With it an existing Deployment is changed, without it one is created. */
  readonly deploymentId: string | undefined;
  readonly input: { readonly [K in keyof NewDeploymentInput]?: NewDeploymentInput[K] | undefined } & DeploymentChanges;
  readonly deploy: ImageDeploy | undefined;
}

/** Creates or changes a Deployment and, given an image, deploys it: all of it, or nothing. */
export class UpsertDeployment {
  constructor(
    private readonly deps: {
      readonly create: CreateDeployment<DeployStores>;
      readonly update: UpdateDeployment<DeployStores>;
      readonly record: RecordDeploy;
      readonly deployments: Pick<DeploymentReadModel, "find">;
      readonly verify: VerifyImage;
      readonly refusals: NoteRefusals;
      readonly upsertEnabled: boolean;
    },
  ) {}

  execute(command: UpsertCommand): Promise<Deployment> {
    return this.deps.refusals.around(command.actor, "UPSERT", () => this.upsert(command));
  }

  private async upsert(command: UpsertCommand): Promise<Deployment> {
    const { actor, workspaceId, deploymentId, input } = command;
    if (!this.deps.upsertEnabled)
      throw new FeatureDisabled("astronomer.houston.config.deployments.upsertDeploymentEnabled");
    const deploy =
      command.deploy && (await this.deps.verify.execute(actor, command.deploy, () => this.mayDeploy(command)));
    const deployIfGiven = async (
      stores: DeployStores,
      deployment: Deployment,
      deployer: Actor,
    ): Promise<Deployment> => {
      const deployed = deploy === undefined ? null : await this.deploy(stores, deployer, deployment, deploy);
      await stores.audit.add({
        actor,
        action: deploymentId === undefined ? "deployment.create" : "deployment.update",
        object: auditedDeployment(deployment),
        details: { revisionId: deployed?.revision.id ?? null },
      });
      return deployed?.deployment ?? deployment;
    };
    if (deploymentId !== undefined) {
      return this.deps.update.executeWith(
        { actor, deploymentId, changes: input },
        DEPLOYMENT_PERMISSIONS.upsert,
        deployIfGiven,
      );
    }
    if (workspaceId === undefined) throw new InvalidInput("workspaceUuid", "has to be given to create a Deployment");
    const { label } = input;
    if (label === undefined) throw new InvalidInput("label", "has to be given to create a Deployment");
    return this.deps.create.executeWith(
      { actor, workspaceId, input: { ...input, label } },
      UPSERT_IN_WORKSPACE,
      deployIfGiven,
    );
  }

  private async mayDeploy({ actor, workspaceId, deploymentId }: UpsertCommand): Promise<boolean> {
    if (deploymentId === undefined)
      return workspaceId !== undefined && can(actor, UPSERT_IN_WORKSPACE, workspaceScope(workspaceId));
    const deployment = isId(deploymentId) ? await this.deps.deployments.find(deploymentId) : null;
    return deployment !== null && mayPush(actor, deployment);
  }

  private deploy(
    stores: DeployStores,
    actor: Actor,
    deployment: Deployment,
    deploy: ImageDeploy,
  ): ReturnType<RecordDeploy["recordWithin"]> {
    requirePermission(actor, PUSH_IMAGE, deploymentScope(deployment));
    return this.deps.record.recordWithin(stores, { actor, deployment, deploy, trigger: "UPSERT" });
  }
}
