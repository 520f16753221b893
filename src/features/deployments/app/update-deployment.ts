import type { Clock } from "../../../shared/app/clock";
import { isId } from "../../../shared/app/ids";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import { InvalidInput, NotFound } from "../../../shared/domain/errors";
import type { Actor, Permission } from "../../../shared/domain/permissions";
import { DEPLOYMENT_PERMISSIONS, authorize } from "../domain/access";
import type { Deployment, EnvironmentVariable, Executor, DagDeploymentType, JsonObject } from "../domain/deployment";
import {
  checkCloudRole,
  checkDescription,
  checkJsonObject,
  checkLabel,
  checkMechanism,
  componentSettings,
  dagDeploymentSettings,
  mergeComponents,
  presentVariables,
  replaceVariables,
  type VariableInput,
} from "../domain/settings";
import { pendingRuntime } from "../domain/versions";
import { reconcileJob, type DeploymentStores } from "./ports";
import type { DeploymentRules } from "./rules";

/** Absent keeps. */
export interface DeploymentChanges {
  readonly label?: string | undefined;
  /** Null clears. */
  readonly description?: string | null | undefined;
  readonly executor?: Executor | undefined;
  readonly cloudRole?: string | undefined;
  readonly dagDeployment?: (JsonObject & { readonly type?: DagDeploymentType | null | undefined }) | undefined;
  readonly components?: Readonly<Record<string, object | null | undefined>> | undefined;
  readonly properties?: unknown;
  readonly dockerConfigJson?: unknown;
  readonly environmentVariables?: readonly VariableInput[] | undefined;
  readonly desiredRuntimeVersion?: string | undefined;
}

interface Target {
  readonly actor: Actor;
  readonly deploymentId: string;
}

/** Changes of settings. None of them makes a line in the deploy history: only code deploys do. */
export class UpdateDeployment<Tx extends DeploymentStores = DeploymentStores> {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<Tx>;
      readonly rules: DeploymentRules;
      readonly clock: Clock;
    },
  ) {}

  execute(command: Target & { readonly changes: DeploymentChanges }): Promise<Deployment> {
    return this.executeWith(command, DEPLOYMENT_PERMISSIONS.update, async (_stores, deployment) => deployment);
  }

  /** The same, with more work in the same transaction and under the same lock. */
  executeWith<T>(
    { changes, ...target }: Target & { readonly changes: DeploymentChanges },
    permission: Permission,
    andThen: (stores: Tx, deployment: Deployment) => Promise<T>,
  ): Promise<T> {
    return this.change(target, permission, async (stores, deployment) => {
      const patch = settingsPatch(deployment, changes, this.deps.rules);
      return andThen(stores, await this.save(stores, deployment, patch));
    });
  }

  /** @throws InvalidInput if the release name is not the Deployment's */
  setVariables(
    command: Target & { readonly releaseName: string; readonly variables: readonly VariableInput[] },
  ): Promise<EnvironmentVariable[]> {
    return this.change(command, DEPLOYMENT_PERMISSIONS.updateVariables, async (stores, deployment) => {
      if (deployment.releaseName !== command.releaseName) {
        throw new InvalidInput("releaseName", `is not that of the Deployment (${deployment.releaseName})`);
      }
      const environmentVariables = replaceVariables(command.variables, deployment.environmentVariables);
      await this.save(stores, deployment, { environmentVariables });
      return presentVariables(environmentVariables);
    });
  }

  /** Sets the Runtime to wait for; it is deployed with the next image that holds it. */
  setDesiredRuntime(command: Target & { readonly desiredRuntimeVersion: string }): Promise<Deployment> {
    return this.change(command, DEPLOYMENT_PERMISSIONS.update, (stores, deployment) =>
      this.save(stores, deployment, {
        pendingRuntimeVersion: pendingRuntime(deployment, command.desiredRuntimeVersion, this.deps.rules.catalogue, this.deps.rules),
      }),
    );
  }

  cancelRuntimeUpdate(target: Target): Promise<Deployment> {
    return this.change(target, DEPLOYMENT_PERMISSIONS.update, (stores, deployment) =>
      this.save(stores, deployment, { pendingRuntimeVersion: null }),
    );
  }

  private async change<T>(
    { actor, deploymentId }: Target,
    permission: Permission,
    work: (stores: Tx, deployment: Deployment) => Promise<T>,
  ): Promise<T> {
    if (!isId(deploymentId)) throw new NotFound("Deployment");
    return this.deps.unitOfWork.run(async (stores) => {
      const deployment = authorize(actor, await stores.deployments.lock(deploymentId), permission);
      return work(stores, deployment);
    });
  }

  private async save(stores: DeploymentStores, deployment: Deployment, patch: Partial<Deployment>): Promise<Deployment> {
    if (Object.keys(patch).length === 0) return deployment;
    const changed = { ...patch, updatedAt: this.deps.clock() };
    await stores.deployments.update(deployment.id, changed);
    await stores.outbox.add(reconcileJob(deployment.id));
    return { ...deployment, ...changed };
  }
}

function settingsPatch(deployment: Deployment, changes: DeploymentChanges, rules: DeploymentRules): Partial<Deployment> {
  const { label, description, executor, cloudRole, dagDeployment, environmentVariables } = changes;
  const components = componentSettings(changes.components ?? {});
  const settings = dagDeploymentSettings(dagDeployment ?? {});
  return {
    ...(label !== undefined && { label: checkLabel(label) }),
    ...(description !== undefined && { description: checkDescription(description) }),
    ...(executor !== undefined && { executor }),
    ...(cloudRole !== undefined && { cloudRole: checkCloudRole(cloudRole) }),
    ...mechanismPatch(deployment, dagDeployment?.type, rules),
    ...(Object.keys(settings).length > 0 && { dagDeployment: { ...deployment.dagDeployment, ...settings } }),
    ...(Object.keys(components).length > 0 && { components: mergeComponents(deployment.components, components) }),
    ...(changes.properties != null && { properties: checkJsonObject("properties", changes.properties) }),
    ...(changes.dockerConfigJson != null && { dockerConfigJson: checkJsonObject("dockerconfigjson", changes.dockerConfigJson) }),
    ...(environmentVariables !== undefined && {
      environmentVariables: replaceVariables(environmentVariables, deployment.environmentVariables),
    }),
    ...(changes.desiredRuntimeVersion !== undefined && {
      pendingRuntimeVersion: pendingRuntime(deployment, changes.desiredRuntimeVersion, rules.catalogue, rules),
    }),
  };
}

/** With another mechanism the uploaded DAGs are gone until the next upload. Source: the platform's public page on DAG-only deploys. */
function mechanismPatch(deployment: Deployment, type: DagDeploymentType | null | undefined, rules: DeploymentRules): Partial<Deployment> {
  if (type == null) return {};
  const dagDeploymentType = checkMechanism(type, rules);
  return { dagDeploymentType, ...(dagDeploymentType !== deployment.dagDeploymentType && { dagTarballVersion: null }) };
}
