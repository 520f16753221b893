import type { EntityManager } from "typeorm";
import { lockInTurn } from "../../../infrastructure/postgres/lock-turns";
import type { WorkspaceStores } from "../app/ports";
import type { Workspace } from "../domain/workspace";
import { WorkspaceRow } from "./workspace.row";

export class WorkspaceStore implements WorkspaceStores {
  constructor(private readonly manager: EntityManager) {}

  lock(id: string): Promise<Workspace | null> {
    // FOR UPDATE: new Deployments wait as well, as their foreign key locks this row too.
    return lockInTurn(this.manager, "this Workspace", id, () =>
      this.manager.findOne(WorkspaceRow, { where: { id }, lock: { mode: "pessimistic_write" } }),
    );
  }

  async add(workspace: Workspace): Promise<void> {
    await this.manager.insert(WorkspaceRow, workspace);
  }

  async update({ id, label, description, updatedAt }: Workspace): Promise<void> {
    await this.manager.update(WorkspaceRow, { id }, { label, description, updatedAt });
  }

  async remove(id: string): Promise<void> {
    // Removes rows of deleted Deployments first, because their foreign keys refer to the Workspace. One that is not
    // deleted still prevents the deletion.
    await this.manager.query("DELETE FROM deployment WHERE workspace_id = $1 AND deleted_at IS NOT NULL", [id]);
    await this.manager.delete(WorkspaceRow, { id });
  }
}
