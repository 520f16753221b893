import { statedVersion } from "../../runtimes";
import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { InvalidInput } from "../../../kernel/errors";
import { deploymentScope, requirePermission, type Actor, type Permission } from "../../../kernel/permissions";
import { checkDescription, checkLabel } from "../../../kernel/text";
import { DEPLOYMENT_PERMISSIONS } from "../domain/access";
import {
  auditedDeployment,
  type Deployment,
  type Executor,
  type DagDeploymentType,
  type JsonObject,
  type ShownVariable,
} from "../domain/deployment";
import {
  checkCloudRole,
  checkJsonObject,
  checkMechanism,
  dagDeploymentSettings,
  mergeDagDeployment,
  presentVariables,
  replaceVariables,
  sealedDockerConfig,
  usesAstroUnits,
  withAstroUnits,
  type VariableInput,
} from "../domain/settings";
import { checkExtraCapacity, checkResources, componentSettings, mergeComponents } from "../domain/components";
import type { Seal } from "../domain/secrets";
import { pastOf, pendingAirflow, pendingRuntime } from "../domain/versions";
import { lockDeployment } from "./lock-deployment";
import { reconcileJob, type DeploymentStores } from "./ports";
import type { DeploymentRules } from "./rules";
import type { SecretBox } from "../../../kernel/secret-box";

/** Absent keeps. */
export interface DeploymentChanges {
  readonly label?: string | undefined;
  /** Null clears. */
  readonly description?: string | null | undefined;
  readonly executor?: Executor | undefined;
  readonly cloudRole?: string | undefined;
  readonly dagDeployment?: (JsonObject & { readonly type?: DagDeploymentType | null | undefined }) | undefined;
  readonly components?: Readonly<Record<string, object | null | undefined>> | undefined;
  /** In Astro units only from now on, or no longer. */
  readonly astroUnitsEnabled?: boolean | undefined;
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
      readonly secrets: SecretBox;
      readonly clock: Clock;
    },
  ) {}

  execute(command: Target & { readonly changes: DeploymentChanges }): Promise<Deployment> {
    const { actor, changes } = command;
    return this.executeWith(command, DEPLOYMENT_PERMISSIONS.update, async ({ audit }, deployment) => {
      await audit.add({
        actor,
        action: "deployment.update",
        object: auditedDeployment(deployment),
        details: { changes: namesOf(changes) },
      });
      return deployment;
    });
  }

  /** The same, with more work in the same transaction and under the same lock, which also writes the audit line. */
  executeWith<T>(
    { changes, ...target }: Target & { readonly changes: DeploymentChanges },
    permission: Permission,
    andThen: (stores: Tx, deployment: Deployment, actor: Actor) => Promise<T>,
  ): Promise<T> {
    return this.change(target, permission, async (stores, deployment, actor) => {
      if (changes.environmentVariables !== undefined) {
        requirePermission(actor, DEPLOYMENT_PERMISSIONS.updateVariables, deploymentScope(deployment));
      }
      const patch = settingsPatch(deployment, changes, { rules: this.deps.rules, seal: this.sealFor(deployment) });
      return andThen(stores, await this.save(stores, deployment, patch), actor);
    });
  }

  /** @throws InvalidInput if the release name is not the Deployment's */
  setVariables(
    command: Target & { readonly releaseName: string; readonly variables: readonly VariableInput[] },
  ): Promise<ShownVariable[]> {
    return this.change(command, DEPLOYMENT_PERMISSIONS.updateVariables, async (stores, deployment) => {
      if (deployment.releaseName !== command.releaseName) {
        throw new InvalidInput("releaseName", `is not that of the Deployment (${deployment.releaseName})`);
      }
      const environmentVariables = replaceVariables(
        command.variables,
        deployment.environmentVariables,
        this.sealFor(deployment),
      );
      await this.save(stores, deployment, { environmentVariables });
      await stores.audit.add({
        actor: command.actor,
        action: "deployment.update_variables",
        object: auditedDeployment(deployment),
        details: { variables: environmentVariables.length },
      });
      return presentVariables(environmentVariables);
    });
  }

  /** Sets the Runtime to upgrade to; it is deployed with the next image that holds it. */
  setDesiredRuntime(command: Target & { readonly desiredRuntimeVersion: string }): Promise<Deployment> {
    const { actor } = command;
    const desiredRuntimeVersion = command.desiredRuntimeVersion.trim();
    return this.change(command, DEPLOYMENT_PERMISSIONS.update, async (stores, deployment) => {
      const pendingRuntimeVersion = pendingRuntime(
        deployment,
        desiredRuntimeVersion,
        this.deps.rules,
        pastOf(deployment),
      );
      const changed = await this.save(stores, deployment, { pendingRuntimeVersion, pendingAirflowVersion: null });
      await stores.audit.add({
        actor,
        action: "deployment.update_runtime",
        object: auditedDeployment(deployment),
        details: { desiredRuntimeVersion },
      });
      return changed;
    });
  }

  /**
   * The same for a Deployment without a Runtime; it cancels a requested move to a Runtime. Naming the version that runs
   * cancels an upgrade.
   */
  setDesiredAirflow(command: Target & { readonly desiredAirflowVersion: string }): Promise<Deployment> {
    const { actor } = command;
    const desiredAirflowVersion = command.desiredAirflowVersion.trim();
    return this.change(command, DEPLOYMENT_PERMISSIONS.update, async (stores, deployment) => {
      const pendingAirflowVersion = pendingAirflow(deployment, desiredAirflowVersion, this.deps.rules);
      const changed = await this.save(stores, deployment, { pendingAirflowVersion, pendingRuntimeVersion: null });
      await stores.audit.add({
        actor,
        action: "deployment.update_airflow",
        object: auditedDeployment(deployment),
        details: { desiredAirflowVersion },
      });
      return changed;
    });
  }

  cancelRuntimeUpdate(target: Target): Promise<Deployment> {
    return this.change(target, DEPLOYMENT_PERMISSIONS.update, async (stores, deployment) => {
      const changed = await this.save(stores, deployment, { pendingRuntimeVersion: null });
      await stores.audit.add({
        actor: target.actor,
        action: "deployment.cancel_runtime_update",
        object: auditedDeployment(deployment),
      });
      return changed;
    });
  }

  private sealFor({ id }: Deployment): Seal {
    return this.deps.secrets.of(id).seal;
  }

  private async change<T>(
    target: Target,
    permission: Permission,
    work: (stores: Tx, deployment: Deployment, actor: Actor) => Promise<T>,
  ): Promise<T> {
    return this.deps.unitOfWork.run(async (stores) => {
      const { deployment, actor } = await lockDeployment(stores, target.actor, { id: target.deploymentId }, permission);
      return work(stores, deployment, actor);
    });
  }

  private async save(
    stores: DeploymentStores,
    deployment: Deployment,
    patch: Partial<Deployment>,
  ): Promise<Deployment> {
    if (Object.keys(patch).length === 0) return deployment;
    const changed = { ...patch, updatedAt: this.deps.clock() };
    await stores.deployments.update(deployment.id, changed);
    await stores.outbox.add(reconcileJob(deployment.id));
    return { ...deployment, ...changed };
  }
}

/** Names of the requested changes; their values can be secrets. */
const namesOf = (changes: DeploymentChanges): string =>
  Object.entries(changes)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
    .join(", ");

function settingsPatch(
  deployment: Deployment,
  changes: DeploymentChanges,
  { rules, seal }: { readonly rules: DeploymentRules; readonly seal: Seal },
): Partial<Deployment> {
  const { label, description, executor, cloudRole, dagDeployment, environmentVariables } = changes;
  const said = componentSettings(changes.components ?? {});
  const components = mergeComponents(deployment.components, said);
  const config = withAstroUnits(deployment.config, changes.astroUnitsEnabled, rules);
  checkResources(components, { said, rules, astroUnits: usesAstroUnits(config) });
  const settings = dagDeploymentSettings(dagDeployment ?? {}, seal);
  const desired = statedVersion(changes.desiredRuntimeVersion);
  return {
    ...(label !== undefined && { label: checkLabel(label) }),
    ...(description !== undefined && { description: checkDescription(description) }),
    ...(executor !== undefined && { executor }),
    ...(cloudRole !== undefined && { cloudRole: checkCloudRole(cloudRole) }),
    ...mechanismPatch(deployment, dagDeployment?.type, rules),
    ...(Object.keys(settings).length > 0 && { dagDeployment: mergeDagDeployment(deployment.dagDeployment, settings) }),
    ...(Object.keys(said).length > 0 && { components }),
    ...(changes.astroUnitsEnabled !== undefined && { config }),
    ...(changes.properties != null && {
      properties: checkExtraCapacity(checkJsonObject("properties", changes.properties), rules),
    }),
    ...(changes.dockerConfigJson != null && { dockerConfigJson: sealedDockerConfig(changes.dockerConfigJson, seal) }),
    ...(environmentVariables !== undefined && {
      environmentVariables: replaceVariables(environmentVariables, deployment.environmentVariables, seal),
    }),
    ...(desired !== null && {
      pendingRuntimeVersion: pendingRuntime(deployment, desired, rules, pastOf(deployment)),
      pendingAirflowVersion: null,
    }),
  };
}

/**
 * After a change of the mechanism the uploaded DAGs are no longer live, until the next upload. Source: the platform's
 * public page on DAG-only deploys.
 */
function mechanismPatch(
  deployment: Deployment,
  type: DagDeploymentType | null | undefined,
  rules: DeploymentRules,
): Partial<Deployment> {
  if (type == null) return {};
  const dagDeploymentType = checkMechanism(type, rules);
  return { dagDeploymentType, ...(dagDeploymentType !== deployment.dagDeploymentType && { dagTarballVersion: null }) };
}
