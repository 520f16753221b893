import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { Team, User, UserSearch } from "../../access/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { WorkspaceMembers } from "../app/workspace-members";

const TAKES_USERS = "Requires workspace.users.get there, or system.users.get.";

@Resolver()
export class WorkspaceMembersResolver {
  constructor(
    private readonly members: WorkspaceMembers,
    private readonly maxTake: number,
  ) {}

  @Query(() => User, {
    nullable: true,
    description: `One user who has a role in the Workspace; null where nobody matches. ${TAKES_USERS}`,
  })
  async workspaceUser(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("user", () => UserSearch, { description: "Who; one field at least." }) user: UserSearch,
  ): Promise<User | null> {
    return this.members.user(await context.actor(), workspaceId, user);
  }

  @MaxItems(100)
  @Query(() => [User], {
    nullable: true,
    description: `The users who have a role of their own in the Workspace, by user name. ${TAKES_USERS}`,
  })
  async workspaceUsers(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
  ): Promise<User[]> {
    return this.members.users(await context.actor(), workspaceId);
  }

  @MaxItems(100)
  @Query(() => [User], { nullable: true, description: `The same, page by page. ${TAKES_USERS}` })
  async paginatedWorkspaceUsers(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("cursor", () => Uuid, {
      nullable: true,
      description: "The user to go on from, left out itself; empty for the beginning.",
    })
    cursor?: string | null,
    @Arg("take", () => Int, {
      nullable: true,
      description:
        "How many, up to pagination.workspaceUsers.maxTake; below 0 the page before the cursor, or the last one.",
    })
    take?: number | null,
  ): Promise<User[]> {
    return this.members.pageOfUsers(await context.actor(), workspaceId, {
      cursor: cursor || undefined,
      take: take ?? this.maxTake,
    });
  }

  @MaxItems(100)
  @Query(() => [Team], {
    nullable: true,
    description:
      "The Teams that have a role in the Workspace, by name. Requires workspace.teams.get there, or system.teams.get.",
  })
  async workspaceTeams(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
  ): Promise<Team[]> {
    return this.members.teamsOf(await context.actor(), workspaceId);
  }
}
