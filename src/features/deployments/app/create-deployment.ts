import { grantsOf, holdsRole, type RolePermissions } from "../../access";
import { DEPLOY_ROLLBACK, type NewLogLine } from "../../logs";
import { isUnknownRelease, parseRuntimeVersion, statedVersion, type RuntimeCatalogue } from "../../runtimes";
import type { Workspace } from "../../workspaces";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { InvalidInput, LimitReached } from "../../../kernel/errors";
import {
  deploymentScope,
  requirePermission,
  workspaceScope,
  type Actor,
  type Permission,
} from "../../../kernel/permissions";
import { checkDescription, checkLabel } from "../../../kernel/text";
import { CREATE_IN_WORKSPACE } from "../domain/access";
import {
  AIRFLOW_CHART_VERSION,
  auditedDeployment,
  type DagDeploymentType,
  type Deployment,
  type Executor,
  type JsonObject,
} from "../domain/deployment";
import {
  checkExtraCapacity,
  checkResources,
  componentSettings,
  mergeComponents,
  takeComponents,
} from "../domain/components";
import { namespaceFor } from "../domain/namespaces";
import { releaseNameFrom } from "../domain/release-name";
import {
  checkCloudRole,
  checkJsonObject,
  checkMechanism,
  checkReleaseName,
  dagDeploymentSettings,
  replaceVariables,
  sealedDockerConfig,
  takeExecutor,
  usesAstroUnits,
  withAstroUnits,
  type VariableInput,
} from "../domain/settings";
import { checkVersions, givenVersions, pendingRuntime, type Versions } from "../domain/versions";
import type { DeploymentStores } from "./ports";
import { NamespaceTaken, ReleaseNameTaken } from "./name-taken";
import type { DeploymentRules } from "./rules";
import type { SecretBox } from "../../../kernel/secret-box";

export interface NewDeploymentInput {
  readonly label: string;
  readonly description?: string | null | undefined;
  readonly type?: string | undefined;
  readonly releaseName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly executor?: Executor | undefined;
  readonly airflowVersion?: string | undefined;
  readonly runtimeVersion?: string | undefined;
  /** The version to upgrade to; without another version beside it, the one to start with. */
  readonly desiredRuntimeVersion?: string | undefined;
  readonly config?: unknown;
  readonly properties?: unknown;
  readonly cloudRole?: string | undefined;
  readonly dockerConfigJson?: unknown;
  readonly dagDeployment?: (JsonObject & { readonly type?: DagDeploymentType | null | undefined }) | undefined;
  /** In Astro units only; otherwise as they are given. */
  readonly astroUnitsEnabled?: boolean | undefined;
  readonly components?: Readonly<Record<string, object | null | undefined>> | undefined;
  readonly environmentVariables?: readonly VariableInput[] | undefined;
}

export interface CreateDeploymentCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  readonly input: NewDeploymentInput;
}

const GENERATED_NAMES_TRIED = 5;

interface Dependencies<Tx extends DeploymentStores> {
  readonly unitOfWork: UnitOfWork<Tx>;
  /** @throws NotFound if there is none or the actor may not see it */
  readonly findWorkspace: (actor: Actor, id: string) => Promise<Workspace>;
  readonly roles: RolePermissions;
  readonly rules: DeploymentRules;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** Creates a Deployment with settings only, which its creator administers; it runs nothing until its first deploy. */
export class CreateDeployment<Tx extends DeploymentStores = DeploymentStores> {
  constructor(private readonly deps: Dependencies<Tx>) {}

  execute(command: CreateDeploymentCommand): Promise<Deployment> {
    const { actor } = command;
    return this.executeWith(command, CREATE_IN_WORKSPACE, async ({ audit }, deployment) => {
      await audit.add({
        actor,
        action: "deployment.create",
        object: auditedDeployment(deployment),
        details: { releaseName: deployment.releaseName },
      });
      return deployment;
    });
  }

  /**
   * Like `execute`, with more work in the same transaction, which also writes the audit line. The work gets the creator
   * with the permissions of a DEPLOYMENT_ADMIN.
   * @throws NotFound for the Workspace
   * @throws Forbidden
   * @throws InvalidInput
   * @throws LimitReached for the Workspace
   * @throws ReleaseNameTaken, NamespaceTaken if one was asked for and another Deployment has it
   */
  async executeWith<T>(
    { actor, workspaceId, input }: CreateDeploymentCommand,
    permission: Permission,
    andThen: (stores: Tx, deployment: Deployment, creator: Actor) => Promise<T>,
  ): Promise<T> {
    const workspace = await this.deps.findWorkspace(actor, workspaceId);
    requirePermission(actor, permission, workspaceScope(workspace.id));
    for (let attempt = 1; ; attempt++) {
      const deployment = this.prepare(workspace.id, input);
      try {
        return await this.deps.unitOfWork.run(async (stores) => {
          const { deploymentsPerWorkspace: max } = this.deps.rules;
          const count = await stores.deployments.countInWorkspaceForUpdate(workspace.id);
          // The call may have waited for a registry, or for other creations, before this check.
          const current = await stores.actors.current(actor);
          requirePermission(current, permission, workspaceScope(workspace.id));
          if (count >= max) {
            throw new LimitReached(
              "The Workspace has as many Deployments as one may have",
              max,
              "deploymentsPerWorkspace",
            );
          }
          await stores.deployments.add(deployment);
          await stores.logs.add(unknownReleaseLines(deployment, current, this.deps.rules.catalogue));
          return andThen(stores, deployment, await this.appoint(stores, current, deployment));
        });
      } catch (error) {
        const isTaken =
          error instanceof ReleaseNameTaken || (error instanceof NamespaceTaken && input.namespace === undefined);
        if (!isTaken || input.releaseName !== undefined || attempt === GENERATED_NAMES_TRIED) throw error;
      }
    }
  }

  /**
   * Makes the user who creates a Deployment its DEPLOYMENT_ADMIN, unless they have those permissions anyway. It holds
   * from the next request on. Source: the platform's public page on user permissions.
   */
  private async appoint({ access }: DeploymentStores, actor: Actor, deployment: Deployment): Promise<Actor> {
    const role = "DEPLOYMENT_ADMIN";
    const { roles } = this.deps;
    if (actor.type !== "USER" || holdsRole(actor, role, deploymentScope(deployment), roles)) return actor;
    const { id: deploymentId, workspaceId } = deployment;
    await access.bindUser(actor.id, { role, workspaceId: null, deploymentId });
    return { ...actor, grants: [...actor.grants, ...grantsOf("USER", [{ role, workspaceId, deploymentId }], roles)] };
  }

  private prepare(workspaceId: string, input: NewDeploymentInput): Deployment {
    const { rules } = this.deps;
    if (input.type !== undefined && input.type !== "airflow") throw new InvalidInput("type", "has to be airflow");
    if (input.releaseName !== undefined && !rules.manualReleaseNames) {
      throw new InvalidInput("releaseName", "cannot be chosen on this installation (deployments.manualReleaseNames)");
    }
    const releaseName = checkReleaseName(input.releaseName ?? releaseNameFrom(Math.random));
    const id = newId();
    const { seal } = this.deps.secrets.of(id);
    const { executor, components, config } = configured(input, rules);
    const desired = statedVersion(input.desiredRuntimeVersion);
    const versions = versionsOf(input, desired, rules);
    const now = this.deps.clock();
    return {
      id,
      workspaceId,
      label: checkLabel(input.label),
      description: checkDescription(input.description ?? null),
      releaseName,
      namespace: namespaceFor(input.namespace, releaseName, rules),
      chartVersion: AIRFLOW_CHART_VERSION,
      executor,
      ...versions,
      pendingRuntimeVersion: desired === null ? null : pendingRuntime(versions, desired, rules, "IS_CREATED"),
      pendingAirflowVersion: null,
      dagTarballVersion: null,
      dagDeploymentType: checkMechanism(input.dagDeployment?.type ?? "image", rules),
      dagDeployment: dagDeploymentSettings(input.dagDeployment ?? {}, seal),
      components,
      environmentVariables: replaceVariables(input.environmentVariables ?? [], [], seal),
      config,
      properties: checkExtraCapacity(checkJsonObject("properties", input.properties ?? {}), rules),
      cloudRole: input.cloudRole === undefined ? null : checkCloudRole(input.cloudRole),
      dockerConfigJson: input.dockerConfigJson == null ? null : sealedDockerConfig(input.dockerConfigJson, seal),
      rollbackEnabled: false,
      lastRevisionNumber: 0,
      headRevisionId: null,
      currentRevisionId: null,
      createdAt: now,
      updatedAt: now,
    };
  }
}

/** A warning where the catalogue lacks the version of a new Deployment; it may be newer than the catalogue, or wrong. */
function unknownReleaseLines(deployment: Deployment, actor: Actor, catalogue: RuntimeCatalogue): NewLogLine[] {
  const { id, workspaceId, releaseName, runtimeVersion, airflowVersion } = deployment;
  if (!isUnknownRelease(deployment, catalogue)) return [];
  const version =
    runtimeVersion === null ? `Airflow ${airflowVersion ?? "of no version"}` : `Runtime ${runtimeVersion}`;
  return [
    {
      deploymentId: id,
      workspaceId,
      releaseName,
      component: DEPLOY_ROLLBACK,
      message: `${actor.label} created the Deployment with ${version}, which is not in the catalogue`,
      fields: {
        event: "deployment_created",
        warnings: ["UNKNOWN_RELEASE"],
        runtimeVersion,
        airflowVersion,
        actorId: actor.id,
        actorType: actor.type,
      },
      createdAt: deployment.createdAt,
    },
  ];
}

/** Arguments, and the same settings in `config`; an argument wins. */
function configured(
  input: NewDeploymentInput,
  rules: DeploymentRules,
): Pick<Deployment, "executor" | "components" | "config"> {
  const given = takeExecutor(checkJsonObject("config", input.config ?? {}));
  const { components: configuredComponents, rest } = takeComponents("config", given.rest);
  const components = mergeComponents(
    componentSettings(configuredComponents),
    componentSettings(input.components ?? {}),
  );
  const config = withAstroUnits(rest, input.astroUnitsEnabled, rules);
  checkResources(components, { said: components, rules, astroUnits: usesAstroUnits(config) });
  return { executor: input.executor ?? given.executor ?? "CeleryExecutor", components, config };
}

function versionsOf(input: NewDeploymentInput, desired: string | null, rules: DeploymentRules): Versions {
  const given = givenVersions(input);
  if (given.runtimeVersion !== null || given.airflowVersion !== null) return checkVersions(given, rules);
  if (desired !== null)
    return checkVersions({ runtimeVersion: desired, airflowVersion: null }, rules, "desiredRuntimeVersion");
  return { runtimeVersion: defaultRuntime(rules.catalogue), airflowVersion: null };
}

/** The newest release with Airflow 2. The 0.35 platform knows no Airflow 3, so a Runtime with it has to be named. */
function defaultRuntime(catalogue: RuntimeCatalogue): string | null {
  const isAirflow2 = (version: string): boolean => (parseRuntimeVersion(version)?.airflowMajor ?? 2) < 3;
  return catalogue.releases().find(({ version }) => isAirflow2(version))?.version ?? null;
}
