import type { LogEntry, LogSearch } from "../../logs";
import type { Workspace } from "../../workspaces";
import { isId } from "../../../shared/app/ids";
import { InvalidInput } from "../../../shared/domain/errors";
import type { Instant } from "../../../shared/domain/instant";
import { can, requirePermission, workspaceScope, deploymentScope, type Actor } from "../../../shared/domain/permissions";
import { authorize, canSee, DEPLOYMENT_PERMISSIONS } from "../domain/access";
import type { Deployment } from "../domain/deployment";
import type { DeploymentReadModel } from "./ports";

const LOG_LINES_MOST = 1_000;

/** Reading Deployments, each with its permission. */
export class DeploymentQueries {
  constructor(
    private readonly deps: {
      readonly readModel: DeploymentReadModel;
      readonly findWorkspace: (actor: Actor, id: string) => Promise<Workspace>;
      readonly logs: LogSearch;
    },
  ) {}

  /** @throws NotFound, also where the actor may not see it */
  async find(actor: Actor, where: { readonly id?: string | undefined; readonly releaseName?: string | undefined }): Promise<Deployment> {
    const found = await this.locate(where);
    return authorize(actor, found, DEPLOYMENT_PERMISSIONS.see);
  }

  /** Those of the Workspace that the actor may see, sorted by label. */
  async ofWorkspace(actor: Actor, workspaceId: string, releaseName?: string): Promise<Deployment[]> {
    const workspace = await this.deps.findWorkspace(actor, workspaceId);
    const all = await this.deps.readModel.ofWorkspace(workspace.id);
    const visible = all.filter((deployment) => canSee(actor, deployment));
    if (visible.length === 0) {
      requirePermission(actor, ["workspace.deployments.get", "system.deployments.get"], workspaceScope(workspace.id));
    }
    return releaseName === undefined ? visible : visible.filter((deployment) => deployment.releaseName === releaseName);
  }

  /** Oldest first, the newest thousand at most. @throws Unavailable if the logs cannot be read now */
  async logs(
    actor: Actor,
    query: { readonly deploymentId: string; readonly component?: string; readonly since?: Instant; readonly text?: string },
  ): Promise<LogEntry[]> {
    const { deploymentId, ...filter } = query;
    const found = await this.locate({ id: deploymentId });
    const deployment = authorize(actor, found, DEPLOYMENT_PERMISSIONS.readLogs);
    return this.deps.logs.search({
      releaseName: deployment.releaseName,
      deploymentId: deployment.id,
      limit: LOG_LINES_MOST,
      ...filter,
    });
  }

  mayReadVariables(actor: Actor, deployment: Deployment): boolean {
    return can(actor, DEPLOYMENT_PERMISSIONS.readVariables, deploymentScope(deployment));
  }

  private async locate({ id, releaseName }: { id?: string | undefined; releaseName?: string | undefined }): Promise<Deployment | null> {
    if (id !== undefined) return isId(id) ? this.deps.readModel.find(id) : null;
    if (releaseName !== undefined) return this.deps.readModel.findByReleaseName(releaseName);
    throw new InvalidInput("where", "has to name an id or a releaseName");
  }
}
