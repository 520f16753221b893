import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { Role as RoleName } from "../../access";
import { Role, RoleBinding, User, UserSearch } from "../../access/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Id } from "../../../infrastructure/graphql/scalars";
import type { DeploymentMembers } from "../app/deployment-members";
import type { DeploymentUserRoles } from "../app/deployment-user-roles";

const TAKES = "Requires deployment.userRoles.update there, or system.iam.update";
const GRANTS = ", and every permission that the role grants";

@Resolver()
export class DeploymentUsersResolver {
  constructor(
    private readonly members: DeploymentMembers,
    private readonly roles: DeploymentUserRoles,
  ) {}

  @MaxItems(100)
  @Query(() => [User], {
    nullable: true,
    description:
      "The users who have a role of their own on the Deployment, by user name. Requires deployment.users.get there, or system.users.get.",
  })
  async deploymentUsers(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentId", () => Id, { description: "Which Deployment." }) deploymentId: string,
    @Arg("user", () => UserSearch, { nullable: true, description: "Only those who match." }) user?: UserSearch | null,
  ): Promise<User[]> {
    return this.members.users(await context.actor(), deploymentId, user ?? {});
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Gives a user a role on a Deployment. ${TAKES}${GRANTS}.`,
  })
  async deploymentAddUserRole(
    @Ctx() context: GraphqlContext,
    @Arg("userId", () => Id, { nullable: true, description: "The user's id, if both are to be checked." })
    userId: string | null | undefined,
    @Arg("email", () => String, { description: "The user's e-mail address." }) email: string,
    @Arg("deploymentId", () => Id, { description: "Which Deployment." }) deploymentId: string,
    @Arg("role", () => Role, { description: "A DEPLOYMENT_… role." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.roles.add({ actor: await context.actor(), deploymentId, email, userId: userId || undefined, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Gives a user another role in place of the one on a Deployment. ${TAKES}${GRANTS}.`,
  })
  async deploymentUpdateUserRole(
    @Ctx() context: GraphqlContext,
    @Arg("userId", () => Id, { nullable: true, description: "The user's id, if both are to be checked." })
    userId: string | null | undefined,
    @Arg("email", () => String, { description: "The user's e-mail address." }) email: string,
    @Arg("deploymentId", () => Id, { description: "Which Deployment." }) deploymentId: string,
    @Arg("role", () => Role, { description: "A DEPLOYMENT_… role." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.roles.update({ actor: await context.actor(), deploymentId, email, userId: userId || undefined, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Takes a user's role on a Deployment away, and answers what it was. ${TAKES}.`,
  })
  async deploymentRemoveUserRole(
    @Ctx() context: GraphqlContext,
    @Arg("userId", () => Id, { nullable: true, description: "The user's id, if both are to be checked." })
    userId: string | null | undefined,
    @Arg("email", () => String, { description: "The user's e-mail address." }) email: string,
    @Arg("deploymentId", () => Id, { description: "Which Deployment." }) deploymentId: string,
  ): Promise<RoleBinding> {
    return this.roles.remove({ actor: await context.actor(), deploymentId, email, userId: userId || undefined });
  }
}
