import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { rolesSeenBy } from "../domain/directory";
import { requirePermission, SYSTEM_SCOPE } from "../../../kernel/permissions";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { AccessLoaders } from "./access.loaders";
import { RoleBinding, User } from "./access.types";
import { Team } from "./team.types";

/** What a Team is asked beyond its own columns. */
@Resolver(() => Team)
export class TeamResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => AccessLoaders) {}

  @MaxItems(5)
  @FieldResolver(() => [RoleBinding], {
    nullable: true,
    description:
      "The roles that the Team was granted. Without system.teams.get only those on Workspaces and Deployments whose Teams you may see.",
  })
  async roleBindings(@Root() { id }: Team, @Ctx() context: GraphqlContext): Promise<RoleBinding[]> {
    return rolesSeenBy(await context.actor(), "teams", await this.loaders(context).bindingsByTeam.load(id));
  }

  @MaxItems(10)
  @FieldResolver(() => [User], {
    nullable: true,
    description: "The members, by user name. Requires system.teams.get; teamUsers asks for less.",
  })
  async users(@Root() { id }: Team, @Ctx() context: GraphqlContext): Promise<User[]> {
    requirePermission(await context.actor(), "system.teams.get", SYSTEM_SCOPE);
    return this.loaders(context).membersByTeam.load(id);
  }
}
