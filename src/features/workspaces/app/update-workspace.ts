import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, parseWorkspacePatch, UPDATE, type Workspace } from "../domain/workspace";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

export interface UpdateWorkspaceCommand {
  readonly actor: Actor;
  readonly workspaceId: string;
  /** As the client sent it. */
  readonly payload: unknown;
}

/** Changes the label or the description of a Workspace. */
export class UpdateWorkspace {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws NotFound
   * @throws Forbidden without workspace.config.update there, or system.workspace.update
   * @throws InvalidInput
   */
  execute({ actor: caller, workspaceId, payload }: UpdateWorkspaceCommand): Promise<Workspace> {
    return this.unitOfWork.run(async ({ workspaces, actors, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      requirePermission(actor, UPDATE, workspaceScope(workspace.id));
      const changed = { ...workspace, ...parseWorkspacePatch(payload), updatedAt: this.clock() };
      await workspaces.update(changed);
      await audit.add({ actor, action: "workspace.update", object: auditedWorkspace(changed) });
      return changed;
    });
  }
}
