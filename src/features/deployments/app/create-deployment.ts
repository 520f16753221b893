import { parseRuntimeVersion, type RuntimeCatalogue } from "../../platform";
import type { Workspace } from "../../workspaces";
import type { Clock } from "../../../shared/app/clock";
import { newId } from "../../../shared/app/ids";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import { InvalidInput } from "../../../shared/domain/errors";
import { requirePermission, workspaceScope, type Actor, type Permission } from "../../../shared/domain/permissions";
import { CREATE_IN_WORKSPACE } from "../domain/access";
import { AIRFLOW_CHART_VERSION, type DagDeploymentType, type Deployment, type Executor, type JsonObject } from "../domain/deployment";
import { releaseNameFrom } from "../domain/release-name";
import {
  checkCloudRole,
  checkDescription,
  checkJsonObject,
  checkLabel,
  checkMechanism,
  checkName,
  componentSettings,
  dagDeploymentSettings,
  replaceVariables,
  type VariableInput,
} from "../domain/settings";
import { checkVersions, type Versions } from "../domain/versions";
import type { DeploymentStores } from "./ports";
import { ReleaseNameTaken } from "./release-name-taken";
import type { DeploymentRules } from "./rules";

export interface NewDeploymentInput {
  readonly label: string;
  readonly description?: string | null | undefined;
  readonly type?: string | undefined;
  readonly releaseName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly executor?: Executor | undefined;
  readonly airflowVersion?: string | undefined;
  readonly runtimeVersion?: string | undefined;
  readonly config?: unknown;
  readonly properties?: unknown;
  readonly cloudRole?: string | undefined;
  readonly dockerConfigJson?: unknown;
  readonly dagDeployment?: (JsonObject & { readonly type?: DagDeploymentType | null | undefined }) | undefined;
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
  readonly rules: DeploymentRules;
  readonly clock: Clock;
}

/** Creates a Deployment with settings only; it runs nothing until its first deploy. */
export class CreateDeployment<Tx extends DeploymentStores = DeploymentStores> {
  constructor(private readonly deps: Dependencies<Tx>) {}

  execute(command: CreateDeploymentCommand): Promise<Deployment> {
    return this.executeWith(command, CREATE_IN_WORKSPACE, async (_stores, deployment) => deployment);
  }

  /**
   * The same, with more work in the same transaction.
   * @throws NotFound for the Workspace
   * @throws Forbidden
   * @throws InvalidInput
   * @throws ReleaseNameTaken if a release name was asked for and another Deployment has it
   */
  async executeWith<T>(
    { actor, workspaceId, input }: CreateDeploymentCommand,
    permission: Permission,
    andThen: (stores: Tx, deployment: Deployment) => Promise<T>,
  ): Promise<T> {
    const workspace = await this.deps.findWorkspace(actor, workspaceId);
    requirePermission(actor, permission, workspaceScope(workspace.id));
    for (let attempt = 1; ; attempt++) {
      const deployment = this.prepare(workspace.id, input);
      try {
        return await this.deps.unitOfWork.run(async (stores) => {
          await stores.deployments.add(deployment);
          return andThen(stores, deployment);
        });
      } catch (error) {
        const generated = input.releaseName === undefined;
        if (!(error instanceof ReleaseNameTaken) || !generated || attempt === GENERATED_NAMES_TRIED) throw error;
      }
    }
  }

  private prepare(workspaceId: string, input: NewDeploymentInput): Deployment {
    const { rules } = this.deps;
    if (input.type !== undefined && input.type !== "airflow") throw new InvalidInput("type", "has to be airflow");
    if (input.releaseName !== undefined && !rules.manualReleaseNames) {
      throw new InvalidInput("releaseName", "cannot be chosen on this installation (deployments.manualReleaseNames)");
    }
    if (input.namespace !== undefined && !rules.manualNamespaceNames) {
      throw new InvalidInput("namespace", "cannot be chosen on this installation (deployments.manualNamespaceNames)");
    }
    const releaseName = checkName("releaseName", input.releaseName ?? releaseNameFrom(Math.random));
    const now = this.deps.clock();
    return {
      id: newId(),
      workspaceId,
      label: checkLabel(input.label),
      description: checkDescription(input.description ?? null),
      releaseName,
      namespace: checkName("namespace", input.namespace ?? releaseName),
      chartVersion: AIRFLOW_CHART_VERSION,
      executor: input.executor ?? "CeleryExecutor",
      ...versionsOf(input, rules),
      pendingRuntimeVersion: null,
      pendingAirflowVersion: null,
      dagTarballVersion: null,
      dagDeploymentType: checkMechanism(input.dagDeployment?.type ?? "image", rules),
      dagDeployment: dagDeploymentSettings(input.dagDeployment ?? {}),
      components: componentSettings(input.components ?? {}),
      environmentVariables: replaceVariables(input.environmentVariables ?? [], []),
      config: checkJsonObject("config", input.config ?? {}),
      properties: checkJsonObject("properties", input.properties ?? {}),
      cloudRole: input.cloudRole === undefined ? null : checkCloudRole(input.cloudRole),
      dockerConfigJson: input.dockerConfigJson == null ? null : checkJsonObject("dockerconfigjson", input.dockerConfigJson),
      rollbackEnabled: false,
      lastRevisionNumber: 0,
      headRevisionId: null,
      currentRevisionId: null,
      createdAt: now,
      updatedAt: now,
    };
  }
}

function versionsOf(input: NewDeploymentInput, rules: DeploymentRules): Versions {
  const asked = { runtimeVersion: input.runtimeVersion ?? null, airflowVersion: input.airflowVersion ?? null };
  if (asked.runtimeVersion === null && asked.airflowVersion === null) {
    return { runtimeVersion: defaultRuntime(rules.catalogue), airflowVersion: null };
  }
  return checkVersions(asked, rules);
}

/** The newest release with Airflow 2: the dialect's platform version knows no Airflow 3, so that one is asked for by name. */
function defaultRuntime(catalogue: RuntimeCatalogue): string | null {
  const isAirflow2 = (version: string): boolean => (parseRuntimeVersion(version)?.airflowMajor ?? 2) < 3;
  return catalogue.releases().find(({ version }) => isAirflow2(version))?.version ?? null;
}
