import {
  DEPLOYMENT_PERMISSIONS,
  UPSERT_IN_WORKSPACE,
  type CreateDeployment,
  type Deployment,
  type DeploymentChanges,
  type NewDeploymentInput,
  type UpdateDeployment,
} from "../../deployments";
import { FeatureDisabled, InvalidInput } from "../../../shared/domain/errors";
import { deploymentScope, requirePermission, type Actor } from "../../../shared/domain/permissions";
import { PUSH_IMAGE } from "../domain/permissions";
import type { DeployStores } from "./ports";
import type { ImageDeploy, RecordDeploy } from "./record-deploy";

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
      readonly upsertEnabled: boolean;
    },
  ) {}

  execute({ actor, workspaceId, deploymentId, input, deploy }: UpsertCommand): Promise<Deployment> {
    if (!this.deps.upsertEnabled) throw new FeatureDisabled("astronomer.houston.config.deployments.upsertDeploymentEnabled");
    const deployIfGiven = async (stores: DeployStores, deployment: Deployment): Promise<Deployment> => {
      if (deploy === undefined) return deployment;
      requirePermission(actor, PUSH_IMAGE, deploymentScope(deployment));
      return this.deps.record.recordWithin(stores, { actor, deployment, deploy, trigger: "UPSERT" });
    };
    if (deploymentId !== undefined) {
      return this.deps.update.executeWith({ actor, deploymentId, changes: input }, DEPLOYMENT_PERMISSIONS.upsert, deployIfGiven);
    }
    if (workspaceId === undefined) throw new InvalidInput("workspaceUuid", "has to be given to create a Deployment");
    const { label } = input;
    if (label === undefined) throw new InvalidInput("label", "has to be given to create a Deployment");
    return this.deps.create.executeWith({ actor, workspaceId, input: { ...input, label } }, UPSERT_IN_WORKSPACE, deployIfGiven);
  }
}
