import {
  readUserSearch,
  type AccessReadModel,
  type GivenUserSearch,
  type Team,
  type TeamReadModel,
  type User,
} from "../../access";
import { isId } from "../../../kernel/ids";
import { InvalidInput } from "../../../kernel/errors";
import { can, requirePermission, SYSTEM_SCOPE, workspaceScope, type Actor } from "../../../kernel/permissions";
import { SEE_TEAMS, SEE_USERS } from "../domain/workspace";
import type { FindWorkspaces } from "./find-workspaces";

/** Who has a role in a Workspace: users with one of their own, and Teams. */
export class WorkspaceMembers {
  constructor(
    private readonly deps: {
      readonly workspaces: FindWorkspaces;
      readonly access: AccessReadModel;
      readonly teams: TeamReadModel;
      readonly maxTake: number;
    },
  ) {}

  /** By user name. @throws NotFound, Forbidden */
  async users(actor: Actor, workspaceId: string): Promise<User[]> {
    const id = await this.visible(actor, workspaceId, SEE_USERS);
    return this.deps.access.searchUsers({}, { workspaceId: id });
  }

  /**
   * The first member that matches, or null.
   * @throws NotFound, Forbidden
   * @throws InvalidInput if nothing is asked of the user
   */
  async user(actor: Actor, workspaceId: string, given: GivenUserSearch): Promise<User | null> {
    const id = await this.visible(actor, workspaceId, SEE_USERS);
    const search = readUserSearch(given);
    if (search === null) return null;
    if (Object.keys(search).length === 0)
      throw new InvalidInput("user", "has to tell something of the user, such as the email");
    const [found] = await this.deps.access.searchUsers(search, { workspaceId: id });
    return found ?? null;
  }

  /**
   * By user name; `take` below 0 reads backwards from the cursor. The size of a page is bounded.
   * @throws NotFound, Forbidden
   * @throws InvalidInput for a cursor that is no member, or, for callers who may see all users, no account
   */
  async pageOfUsers(
    actor: Actor,
    workspaceId: string,
    { cursor, take }: { readonly cursor: string | undefined; readonly take: number },
  ): Promise<User[]> {
    const id = await this.visible(actor, workspaceId, SEE_USERS);
    // An empty page would look like the end of the list.
    if (cursor !== undefined && !(await this.isCursor(actor, id, cursor)))
      throw new InvalidInput("cursor", "is not the id of a user of the Workspace");
    const bounded = Math.min(Math.abs(take), this.deps.maxTake);
    if (bounded === 0) return [];
    return this.deps.access.pageOfWorkspaceUsers({
      workspaceId: id,
      cursor: cursor ?? null,
      take: take < 0 ? -bounded : bounded,
    });
  }

  /** By name. @throws NotFound, Forbidden */
  async teamsOf(actor: Actor, workspaceId: string): Promise<Team[]> {
    const id = await this.visible(actor, workspaceId, SEE_TEAMS);
    return this.deps.teams.teamsOnWorkspaces([id]);
  }

  /**
   * The place of a cursor in the list tells about its user name, so it has to be a user whom the caller may see. Those who
   * may see all users can also go on from somebody who has left meanwhile.
   */
  private async isCursor(actor: Actor, workspaceId: string, cursor: string): Promise<boolean> {
    if (!isId(cursor)) return false;
    const among = can(actor, "system.users.get", SYSTEM_SCOPE) ? undefined : { workspaceId };
    return (await this.deps.access.searchUsers({ id: cursor }, among)).length > 0;
  }

  private async visible(actor: Actor, workspaceId: string, permission: typeof SEE_USERS): Promise<string> {
    const { id } = await this.deps.workspaces.requireVisibleWorkspace(actor, workspaceId);
    requirePermission(actor, permission, workspaceScope(id));
    return id;
  }
}
