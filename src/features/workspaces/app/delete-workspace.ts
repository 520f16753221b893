import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict } from "../../../kernel/errors";
import { requirePermission, workspaceScope, type Actor } from "../../../kernel/permissions";
import { auditedWorkspace, DELETE, type Workspace } from "../domain/workspace";
import { lockVisibleWorkspace } from "./lock-visible-workspace";
import type { WorkspaceTransaction } from "./ports";

/** Deletes a Workspace that has no Deployments any more, with every role and service account on it. */
export class DeleteWorkspace {
  constructor(private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>) {}

  /**
   * @throws NotFound
   * @throws Forbidden without workspace.config.delete there, or system.workspace.delete
   * @throws Conflict if it still has Deployments
   */
  execute({ actor: caller, workspaceId }: { readonly actor: Actor; readonly workspaceId: string }): Promise<Workspace> {
    return this.unitOfWork.run(async ({ workspaces, actors, contents, audit }) => {
      const { workspace, actor } = await lockVisibleWorkspace({ workspaces, actors }, caller, workspaceId);
      requirePermission(actor, DELETE, workspaceScope(workspace.id));
      if (await contents.hasDeployments(workspace.id)) {
        throw new Conflict("The Workspace still has Deployments: delete them first");
      }
      await workspaces.remove(workspace.id);
      await audit.add({ actor, action: "workspace.delete", object: auditedWorkspace(workspace) });
      return workspace;
    });
  }
}
