import { isId } from "../../../kernel/ids";
import { InvalidInput } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { requireVisible, visibleWorkspaceIds, type Workspace } from "../domain/workspace";
import type { WorkspaceReadModel } from "./ports";

/** Workspaces as an actor may see them. */
export class FindWorkspaces {
  constructor(
    private readonly readModel: WorkspaceReadModel,
    private readonly maxTake: number,
  ) {}

  /** @throws NotFound if there is none that the actor may see */
  async requireVisibleWorkspace(actor: Actor, id: string): Promise<Workspace> {
    return requireVisible(actor, isId(id) ? await this.readModel.find(id) : null);
  }

  /** All that the actor may see, or those of them with this part in their label; by label, then id. */
  async visibleTo(actor: Actor, labelPart?: string): Promise<Workspace[]> {
    const ids = visibleWorkspaceIds(actor);
    if (ids.length === 0) return [];
    return this.readModel.list({ ids, ...(labelPart !== undefined && { labelPart }) });
  }

  /**
   * A page of the same, counted from 0. Its size is bounded.
   * @throws InvalidInput
   */
  async pageVisibleTo(
    actor: Actor,
    { take, pageNumber }: { readonly take: number; readonly pageNumber: number },
  ): Promise<Workspace[]> {
    if (take < 1) throw new InvalidInput("take", "has to be 1 or more");
    if (pageNumber < 0) throw new InvalidInput("pageNumber", "counts from 0");
    const limit = Math.min(take, this.maxTake);
    const ids = visibleWorkspaceIds(actor);
    return ids.length === 0 ? [] : this.readModel.list({ ids, offset: pageNumber * limit, limit });
  }

  /** @throws Forbidden without system.workspace.get */
  async all(actor: Actor): Promise<Workspace[]> {
    requirePermission(actor, "system.workspace.get", SYSTEM_SCOPE);
    return this.readModel.list({ ids: "all" });
  }
}
