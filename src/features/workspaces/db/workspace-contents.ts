import type { EntityManager } from "typeorm";
import { sqlOf } from "../../../infrastructure/postgres/data-source";
import type { WorkspaceContents } from "../app/ports";

/** Reads the Deployments' table directly, because the feature that owns it depends on this one. */
export class WorkspaceContentsSql implements WorkspaceContents {
  constructor(private readonly manager: EntityManager) {}

  async hasDeployments(workspaceId: string): Promise<boolean> {
    const [row] = await sqlOf(this.manager).query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM deployment WHERE workspace_id = $1 AND deleted_at IS NULL) AS found`,
      [workspaceId],
    );
    return row?.found === true;
  }

  async lockDeployments(workspaceId: string, ids: readonly string[]): Promise<string[]> {
    const rows = await sqlOf(this.manager).query<{ id: string }>(
      `SELECT id FROM deployment WHERE workspace_id = $1 AND id = ANY($2) AND deleted_at IS NULL
       ORDER BY id FOR SHARE`,
      [workspaceId, ids],
    );
    return rows.map(({ id }) => id);
  }
}
