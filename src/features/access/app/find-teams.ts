import { isId } from "../../../kernel/ids";
import { Forbidden, InvalidInput, NotFound } from "../../../kernel/errors";
import { can, SYSTEM_SCOPE, workspaceScope, type Actor } from "../../../kernel/permissions";
import type { Team, User } from "../domain/accounts";
import { visibleTeams, type Directory, type VisibleTeams } from "../domain/directory";
import type { TeamPage, TeamReadModel } from "./team-ports";

/** A page holds at most this many, which is what the 0.35 configuration has for its lists (`pagination`). */
const MOST = 100;

/** Teams as an actor may see them. */
export class FindTeams {
  constructor(
    private readonly readModel: TeamReadModel,
    private readonly directory: Directory,
  ) {}

  /**
   * One Team. Visible to its members, to callers who may see the Teams of the system or of a Workspace or Deployment on
   * which it has a role, and, in an open directory with `workspaceId`, to those who may see all Teams for that Workspace.
   * @throws NotFound if there is none that the actor may see
   */
  async requireVisibleTeam(actor: Actor, id: string, workspaceId?: string): Promise<Team> {
    const seesAll = workspaceId !== undefined && this.seesAllFor(actor, workspaceId);
    const team = isId(id) ? await this.readModel.findVisibleTeam(id, seesAll ? "all" : visibleTeams(actor)) : null;
    if (team === null) throw new NotFound("Team");
    return team;
  }

  /** The members of a Team that the actor may see, by user name. @throws NotFound */
  async members(actor: Actor, id: string): Promise<User[]> {
    const team = await this.requireVisibleTeam(actor, id);
    return this.readModel.membersOfTeams([team.id]);
  }

  /**
   * A page of all Teams with system.teams.get. With workspace.teams.getAll on the Workspace that is named: of all Teams in
   * an open directory, else of those that the actor may see. With workspace.teams.get there: of those that have a role on
   * it or on its Deployments.
   * @throws InvalidInput if the cursor is none, or nothing is taken
   * @throws NotFound if there is no such Workspace that the actor may see
   * @throws Forbidden
   */
  page(
    actor: Actor,
    { take, cursor, workspaceId }: { take: number; cursor?: string | undefined; workspaceId?: string | undefined },
  ): Promise<TeamPage> {
    if (take === 0) throw new InvalidInput("take", "has to be at least 1, or at most -1 to read backwards");
    if (cursor !== undefined && !isId(cursor)) throw new InvalidInput("cursor", "is not the id of a Team");
    return this.readModel.pageOfTeams({
      among: this.listable(actor, workspaceId),
      cursor: cursor ?? null,
      take: Math.max(-MOST, Math.min(take, MOST)),
    });
  }

  private seesAllFor = (actor: Actor, workspaceId: string): boolean =>
    this.directory.isOpen && can(actor, "workspace.teams.getAll", workspaceScope(workspaceId));

  private listable(actor: Actor, workspaceId: string | undefined): VisibleTeams {
    if (can(actor, "system.teams.get", SYSTEM_SCOPE)) return "all";
    if (workspaceId === undefined) throw new Forbidden("system.teams.get");
    const scope = workspaceScope(workspaceId);
    const isVisible =
      can(actor, ["workspace.config.get", "workspace.teams.get"], scope) ||
      actor.grants.some(({ reach }) => reach.kind === "deployment" && reach.workspaceId === workspaceId);
    if (!isId(workspaceId) || !isVisible) throw new NotFound("Workspace");
    if (this.seesAllFor(actor, workspaceId)) return "all";
    if (can(actor, "workspace.teams.getAll", scope)) return visibleTeams(actor);
    if (!can(actor, "workspace.teams.get", scope)) throw new Forbidden("workspace.teams.get");
    return { memberId: null, workspaceIds: [workspaceId], deploymentsOf: [], deploymentIds: [] };
  }
}
