import type { LogEntry, LogSearch } from "../../logs";
import type { Workspace } from "../../workspaces";
import { isId } from "../../../kernel/ids";
import { InvalidInput, NotFound } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { authorize, DEPLOYMENT_PERMISSIONS, LIST_IN_WORKSPACE, visibleDeployments } from "../domain/access";
import type { Deployment, ShownVariable } from "../domain/deployment";
import { presentVariables } from "../domain/settings";
import { freeNamespaces, type NamespaceRules } from "../domain/namespaces";
import type { DeploymentReadModel } from "./ports";

const MAX_LOG_LINES = 1_000;
/** The `take` with which the CLI asks for all Deployments. */
const ALL = -1;

/** Reading Deployments, each with its permission. */
export class DeploymentQueries {
  constructor(
    private readonly deps: {
      readonly readModel: DeploymentReadModel;
      readonly findWorkspace: (actor: Actor, id: string) => Promise<Workspace>;
      readonly logs: LogSearch;
      readonly namespaces: NamespaceRules;
    },
  ) {}

  /** @throws NotFound, also where the actor may not see it */
  async find(
    actor: Actor,
    where: { readonly id?: string | undefined; readonly releaseName?: string | undefined },
  ): Promise<Deployment> {
    const found = await this.locate(where);
    return authorize(actor, found, DEPLOYMENT_PERMISSIONS.see);
  }

  /** Those of the Workspace that the actor may see, sorted by label. @throws NotFound, Forbidden */
  async ofWorkspace(actor: Actor, workspaceId: string, releaseName?: string): Promise<Deployment[]> {
    const workspace = await this.deps.findWorkspace(actor, workspaceId);
    const visible = await this.deps.readModel.list({
      among: visibleDeployments(actor),
      workspaceId: workspace.id,
      releaseName,
    });
    if (visible.length === 0) requirePermission(actor, LIST_IN_WORKSPACE, workspaceScope(workspace.id));
    return visible;
  }

  /**
   * Those of all Workspaces that the actor may see, sorted by label. `take: -1` without a cursor returns all of them;
   * any other negative `take` returns the page before the cursor, or the last page.
   * @throws InvalidInput
   */
  async page(
    actor: Actor,
    query: {
      readonly take: number;
      readonly pageNumber: number;
      readonly cursor: string | undefined;
      readonly namePart: string | undefined;
    },
  ): Promise<Deployment[]> {
    const { take, pageNumber, cursor, namePart } = query;
    if (pageNumber < 0) throw new InvalidInput("pageNumber", "counts from 0");
    const among = visibleDeployments(actor);
    // An empty page would look like the end of the list.
    if (cursor !== undefined && !(isId(cursor) && (await this.deps.readModel.hasPlace(cursor, among)))) {
      throw new InvalidInput("cursor", "is not a Deployment that you may see");
    }
    if (take === 0) return [];
    if (take === ALL && cursor === undefined) return this.deps.readModel.list({ among, namePart });
    return this.deps.readModel.list({ among, namePart, cursor, limit: take, offset: pageNumber * Math.abs(take) });
  }

  /** Oldest first, the newest thousand at most. @throws Unavailable if the logs cannot be read now */
  async logs(
    actor: Actor,
    query: {
      readonly deploymentId: string;
      readonly component?: string;
      readonly since?: Instant;
      readonly text?: string;
    },
  ): Promise<LogEntry[]> {
    const { deploymentId, ...filter } = query;
    const found = await this.locate({ id: deploymentId });
    const deployment = authorize(actor, found, DEPLOYMENT_PERMISSIONS.readLogs);
    return this.deps.logs.search({
      releaseName: deployment.releaseName,
      deploymentId: deployment.id,
      workspaceId: deployment.workspaceId,
      deploymentCreatedAt: deployment.createdAt,
      limit: MAX_LOG_LINES,
      ...filter,
    });
  }

  /** The versions that run, or are about to, on the Deployments that the actor may see. */
  runtimeVersions(actor: Actor): Promise<string[]> {
    return this.deps.readModel.runtimeVersions(visibleDeployments(actor));
  }

  /** The free namespaces of the pool. */
  async availableNamespaces(): Promise<string[]> {
    const { readModel, namespaces } = this.deps;
    return freeNamespaces(namespaces, await readModel.takenNamespaces(namespaces.preCreatedNamespaces));
  }

  /**
   * Secrets without their values.
   * @throws NotFound, also where the release name is not the Deployment's
   */
  async variables(
    actor: Actor,
    { deploymentId, releaseName }: { readonly deploymentId: string; readonly releaseName?: string | undefined },
  ): Promise<ShownVariable[]> {
    const deployment = authorize(actor, await this.locate({ id: deploymentId }), DEPLOYMENT_PERMISSIONS.readVariables);
    if (releaseName !== undefined && releaseName !== deployment.releaseName) throw new NotFound("Deployment");
    return presentVariables(deployment.environmentVariables);
  }

  private async locate({
    id,
    releaseName,
  }: {
    id?: string | undefined;
    releaseName?: string | undefined;
  }): Promise<Deployment | null> {
    if (id !== undefined) return isId(id) ? this.deps.readModel.find(id) : null;
    if (releaseName !== undefined) return this.deps.readModel.findByReleaseName(releaseName);
    throw new InvalidInput("where", "has to name an id or a releaseName");
  }
}
