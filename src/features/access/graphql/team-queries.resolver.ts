import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { FindTeams } from "../app/find-teams";
import { User } from "./access.types";
import { PaginatedTeams, Team } from "./team.types";

const FIRST = 20;

@Resolver()
export class TeamQueryResolver {
  constructor(private readonly teams: FindTeams) {}

  @Query(() => Team, {
    nullable: true,
    description:
      "One Team; an error if there is none that you may see. Its members see it. Others take system.teams.get, workspace.teams.get or deployment.teams.get where it has a role, or, where auth.openDirectory is on, workspace.teams.getAll on the Workspace that is named.",
  })
  async team(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) id: string,
    @Arg("workspaceUuid", () => Uuid, {
      nullable: true,
      description: "The Workspace on whose behalf you look; empty for none.",
    })
    workspaceId?: string | null,
  ): Promise<Team> {
    return this.teams.requireVisibleTeam(await context.actor(), id, workspaceId?.toLowerCase() || undefined);
  }

  @MaxItems(100)
  @Query(() => [User], {
    nullable: true,
    description:
      "The members of a Team, by user name. Its members see them. Others take system.teams.get, or workspace.teams.get or deployment.teams.get where it has a role.",
  })
  async teamUsers(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) id: string,
  ): Promise<User[]> {
    return this.teams.members(await context.actor(), id);
  }

  @Query(() => PaginatedTeams, {
    nullable: true,
    description:
      "Teams page by page, oldest first. All of them with system.teams.get. With workspace.teams.getAll on the Workspace that is named those that you may see, and all where auth.openDirectory is on; with workspace.teams.get there, those that have a role on it or on its Deployments.",
  })
  async paginatedTeams(
    @Ctx() context: GraphqlContext,
    @Arg("take", () => Int, {
      nullable: true,
      defaultValue: FIRST,
      description:
        "How many, at most 100. A negative number reads backwards: the page before the cursor, or the last one; in list order all the same.",
    })
    take: number | null,
    @Arg("cursor", () => Uuid, {
      nullable: true,
      description: "The id of the Team where the page ends or begins, which is left out itself; empty for none.",
    })
    cursor?: string | null,
    @Arg("workspaceUuid", () => Uuid, {
      nullable: true,
      description: "The Workspace on whose behalf you look; empty for none.",
    })
    workspaceId?: string | null,
  ): Promise<PaginatedTeams> {
    return this.teams.page(await context.actor(), {
      take: take ?? FIRST,
      cursor: cursor || undefined,
      workspaceId: workspaceId?.toLowerCase() || undefined,
    });
  }
}
