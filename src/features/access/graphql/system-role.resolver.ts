import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { SystemRoles } from "../app/system-roles";
import type { Role as RoleName } from "../domain/roles";
import { Role, RoleBinding } from "./access.types";

const GRANT =
  "in place of the one there was. Requires system.iam.update, and every permission that the role grants. The last SYSTEM_ADMIN stays one.";
const REVOKE = "Requires system.iam.update. The last SYSTEM_ADMIN stays one.";

@Resolver()
export class SystemRoleResolver {
  constructor(private readonly systemRoles: SystemRoles) {}

  @Mutation(() => RoleBinding, { nullable: true, description: `Gives a user a role on the whole system, ${GRANT}` })
  async createSystemRoleBinding(
    @Ctx() context: GraphqlContext,
    @Arg("userId", () => ID, { description: "Which user." }) userId: string,
    @Arg("role", () => Role, { description: "A SYSTEM_… role." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.systemRoles.grant({ actor: await context.actor(), subject: { userId }, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Takes a user's role on the whole system away. ${REVOKE}`,
  })
  async deleteSystemRoleBinding(
    @Ctx() context: GraphqlContext,
    @Arg("userId", () => ID, { description: "Which user." }) userId: string,
    @Arg("role", () => Role, { description: "The role that the user has." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.systemRoles.revoke({ actor: await context.actor(), subject: { userId }, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Gives the members of a Team a role on the whole system, ${GRANT}`,
  })
  async createTeamSystemRoleBinding(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("role", () => Role, { description: "A SYSTEM_… role." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.systemRoles.grant({ actor: await context.actor(), subject: { teamId }, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Takes a Team's role on the whole system away. ${REVOKE}`,
  })
  async deleteTeamSystemRoleBinding(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("role", () => Role, { description: "The role that the Team has." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.systemRoles.revoke({ actor: await context.actor(), subject: { teamId }, role });
  }
}
