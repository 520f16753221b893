import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { CreateTeam } from "../app/create-team";
import type { RemoveTeam } from "../app/remove-team";
import type { UpdateTeam } from "../app/update-team";
import { TeamPayload } from "./team.types";

const IDS = () => [ID];

@Resolver()
export class TeamMutationResolver {
  constructor(
    private readonly deps: {
      readonly createTeam: CreateTeam;
      readonly updateTeam: UpdateTeam;
      readonly removeTeam: RemoveTeam;
    },
  ) {}

  @Mutation(() => TeamPayload, {
    nullable: true,
    description: "Creates a Team, without any role. Requires system.teams.create.",
  })
  async createTeam(
    @Ctx() context: GraphqlContext,
    @Arg("name", () => String, { description: "1 to 190 characters; each provider has a name only once." })
    name: string,
    @Arg("description", () => String, { nullable: true, description: "What it is for, in at most 1000 characters." })
    description?: string | null,
    @Arg("provider", () => String, {
      nullable: true,
      description:
        "local, which is the default, for a Team whose members are chosen here; else auth0, google, okta, microsoft, adfs or custom, for the group of this name there.",
    })
    provider?: string | null,
    @Arg("userIds", IDS, {
      nullable: true,
      description: "Who is a member from the start, at most 500; only for local Teams.",
    })
    userIds?: string[] | null,
  ): Promise<TeamPayload> {
    const actor = await context.actor();
    const team = await this.deps.createTeam.execute({
      actor,
      name,
      description: description ?? null,
      provider: provider || null,
      userIds: userIds ?? null,
    });
    return { team, message: `The Team ${JSON.stringify(team.name)} was created` };
  }

  @Mutation(() => TeamPayload, {
    nullable: true,
    description:
      "Changes a Team: all of what is given, or nothing. Requires system.teams.update, and for new members every permission that the Team's roles grant. The last SYSTEM_ADMIN, and the last WORKSPACE_ADMIN of a Workspace, cannot leave.",
  })
  async updateTeam(
    @Ctx() context: GraphqlContext,
    @Arg("id", () => ID, { description: "Which Team." }) id: string,
    @Arg("newName", () => String, { nullable: true, description: "1 to 190 characters; absent keeps." })
    newName?: string | null,
    @Arg("description", () => String, {
      nullable: true,
      description: "At most 1000 characters; absent keeps, null clears.",
    })
    description?: string | null,
    @Arg("addUserIds", IDS, {
      nullable: true,
      description: "Who joins; members stay. At most 500; only for local Teams.",
    })
    addUserIds?: string[] | null,
    @Arg("removeUserIds", IDS, {
      nullable: true,
      description: "Who leaves; others stay away. At most 500; only for local Teams.",
    })
    removeUserIds?: string[] | null,
    @Arg("userIds", IDS, {
      nullable: true,
      description: "All members there will be, at most 500, in place of those there are; only for local Teams.",
    })
    userIds?: string[] | null,
  ): Promise<TeamPayload> {
    const actor = await context.actor();
    const team = await this.deps.updateTeam.execute({
      actor,
      teamId: id,
      name: newName ?? undefined,
      description,
      addUserIds,
      removeUserIds,
      userIds,
    });
    return { team, message: `The Team ${JSON.stringify(team.name)} was changed` };
  }

  @Mutation(() => TeamPayload, {
    nullable: true,
    description:
      "Removes a Team with all its roles; its members keep their accounts. Requires system.teams.remove. Not if nobody else is SYSTEM_ADMIN, or WORKSPACE_ADMIN of a Workspace.",
  })
  async removeTeam(
    @Ctx() context: GraphqlContext,
    @Arg("id", () => ID, { description: "Which Team." }) id: string,
  ): Promise<TeamPayload> {
    const team = await this.deps.removeTeam.execute({ actor: await context.actor(), teamId: id });
    return { team, message: `The Team ${JSON.stringify(team.name)} was removed` };
  }
}
