import type { Sql } from "../../../infrastructure/postgres/sql";
import { deploymentScope, SYSTEM_SCOPE, workspaceScope } from "../../../kernel/permissions";
import type { AdminStores, Subject } from "../app/team-ports";
import type { PlacedRole } from "../domain/granting";
import type { AdminsLeft } from "../domain/last-admins";
import type { Role } from "../domain/roles";

/** An arbitrary number that no other lock uses. */
const SYSTEM_ADMINS_LOCK = 7_209_432;

/** Bindings with the active users whom they reach, themselves or through a Team. */
const ACTIVE_HOLDERS = `role_binding b
  LEFT JOIN team_member m ON m.team_id = b.team_id
  JOIN app_user u ON u.id = coalesce(b.user_id, m.user_id) AND u.status = 'active'`;

export class AdminStore implements AdminStores {
  constructor(private readonly sql: Sql) {}

  async lockSystemAdmins(): Promise<void> {
    await this.sql.query("SELECT pg_advisory_xact_lock($1)", [SYSTEM_ADMINS_LOCK]);
  }

  async lockWorkspacesOf(admin: Subject): Promise<string[]> {
    // In one order, so that two who lock several wait for each other instead of deadlocking.
    const rows = await this.sql.query<{ id: string }>(
      `SELECT id FROM workspace WHERE id IN (
         SELECT workspace_id FROM role_binding WHERE role = 'WORKSPACE_ADMIN' AND (${bindingsOf(admin)})
       ) ORDER BY id FOR UPDATE`,
      [idOf(admin)],
    );
    return rows.map(({ id }) => id);
  }

  async adminsLeft(workspaceIds: readonly string[]): Promise<AdminsLeft> {
    const [system] = await this.sql.query(
      `SELECT 1 FROM ${ACTIVE_HOLDERS}
       WHERE b.role = 'SYSTEM_ADMIN' AND b.workspace_id IS NULL AND b.deployment_id IS NULL LIMIT 1`,
    );
    const workspaces = await this.sql.query<{ id: string; label: string }>(
      `SELECT w.id, w.label FROM workspace w WHERE w.id = ANY($1)
       AND EXISTS (SELECT 1 FROM ${ACTIVE_HOLDERS} WHERE b.role = 'WORKSPACE_ADMIN' AND b.workspace_id = w.id)
       ORDER BY w.label, w.id`,
      [workspaceIds],
    );
    return { system: system !== undefined, workspaces: new Map(workspaces.map(({ id, label }) => [id, label])) };
  }
  async rolesOf(subject: Subject): Promise<PlacedRole[]> {
    const rows = await this.sql.query<{ role: Role; workspaceId: string | null; deploymentId: string | null }>(
      `SELECT b.role, coalesce(b.workspace_id, d.workspace_id) AS "workspaceId", b.deployment_id AS "deploymentId"
       FROM role_binding b LEFT JOIN deployment d ON d.id = b.deployment_id WHERE ${bindingsOf(subject)}`,
      [idOf(subject)],
    );
    return rows.map(({ role, workspaceId, deploymentId }) => {
      if (workspaceId === null) return { role, scope: SYSTEM_SCOPE };
      return {
        role,
        scope: deploymentId === null ? workspaceScope(workspaceId) : deploymentScope({ id: deploymentId, workspaceId }),
      };
    });
  }
}

const idOf = (subject: Subject): string => ("userId" in subject ? subject.userId : subject.teamId);

const bindingsOf = (subject: Subject): string =>
  "userId" in subject
    ? "user_id = $1 OR team_id IN (SELECT team_id FROM team_member WHERE user_id = $1)"
    : "team_id = $1";
