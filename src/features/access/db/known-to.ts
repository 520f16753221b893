import type { KnownTo, VisibleTeams } from "../domain/directory";

/** A role with its place: a Deployment's Workspace counts as its place too; deleted Deployments are none. */
const PLACED_ROLE = "role_binding b LEFT JOIN deployment d ON d.id = b.deployment_id AND d.deleted_at IS NULL";
const IN_WORKSPACES = "coalesce(b.workspace_id, d.workspace_id) = ANY($2)";

/** The condition that user `u` is known, and its parameters $1 and $2. */
export function userIsKnown(knownTo: KnownTo): readonly [condition: string, parameters: readonly unknown[]] {
  if (knownTo === "everybody") return ["$1::uuid IS NULL AND $2::uuid IS NULL", [null, null]];
  const condition = `(u.id = $1::uuid
    OR EXISTS (SELECT FROM ${PLACED_ROLE} WHERE b.user_id = u.id AND ${IN_WORKSPACES})
    OR EXISTS (SELECT FROM team_member m JOIN ${PLACED_ROLE} ON b.team_id = m.team_id WHERE m.user_id = u.id AND ${IN_WORKSPACES})
    OR EXISTS (SELECT FROM team_member m JOIN team_member o ON o.team_id = m.team_id WHERE m.user_id = u.id AND o.user_id = $1))`;
  return [condition, [knownTo.userId, knownTo.workspaceIds]];
}

/** The condition that Team `t` is known, and its parameters $1 and $2. */
export function teamIsKnown(knownTo: KnownTo): readonly [condition: string, parameters: readonly unknown[]] {
  if (knownTo === "everybody") return ["$1::uuid IS NULL AND $2::uuid IS NULL", [null, null]];
  const condition = `(EXISTS (SELECT FROM ${PLACED_ROLE} WHERE b.team_id = t.id AND ${IN_WORKSPACES})
    OR EXISTS (SELECT FROM team_member m WHERE m.team_id = t.id AND m.user_id = $1))`;
  return [condition, [knownTo.userId, knownTo.workspaceIds]];
}

/** The condition that Team `t` is visible, and its parameters $1 to $4. */
export function teamIsVisible(among: VisibleTeams): readonly [condition: string, parameters: readonly unknown[]] {
  if (among === "all") return ["num_nulls($1::uuid, $2::uuid, $3::uuid, $4::uuid) = 4", [null, null, null, null]];
  const condition = `(t.id IN (SELECT m.team_id FROM team_member m WHERE m.user_id = $1)
    OR t.id IN (SELECT b.team_id FROM ${PLACED_ROLE} WHERE coalesce(b.workspace_id, d.workspace_id) = ANY($2)
      OR d.workspace_id = ANY($3) OR d.id = ANY($4)))`;
  return [condition, [among.memberId, among.workspaceIds, among.deploymentsOf, among.deploymentIds]];
}
