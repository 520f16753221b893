import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { Role as RoleName } from "../../access";
import { Role } from "../../access/graphql";
import { InvalidInput } from "../../../kernel/errors";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { AddWorkspaceUser } from "../app/add-workspace-user";
import type { RemoveWorkspaceUser } from "../app/remove-workspace-user";
import type { UpsertWorkspaceUserRole } from "../app/upsert-workspace-user-role";
import { completeRoles, DeploymentRoles, Workspace } from "./workspace.types";

const TAKES = "Requires workspace.iam.update there, or system.iam.update";

@Resolver()
export class WorkspaceUserResolver {
  constructor(
    private readonly deps: {
      readonly addUser: AddWorkspaceUser;
      readonly upsertUserRole: UpsertWorkspaceUserRole;
      readonly removeUser: RemoveWorkspaceUser;
    },
  ) {}

  @Mutation(() => Workspace, {
    nullable: true,
    description: `Lets an existing user into a Workspace. ${TAKES}, and every permission that the roles grant.`,
  })
  async workspaceAddUser(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { nullable: true, description: "Which Workspace; an error without it." })
    workspaceId: string | null | undefined,
    @Arg("email", () => String, { description: "The user's e-mail address." }) email: string,
    @Arg("role", () => Role, { defaultValue: Role.WORKSPACE_VIEWER, description: "A WORKSPACE_… role." })
    role: RoleName,
    @Arg("deploymentRoles", () => [DeploymentRoles], {
      nullable: true,
      description:
        "Roles on Deployments of the Workspace, given at the same time. Each takes deployment.userRoles.update there, or system.iam.update.",
    })
    deploymentRoles?: DeploymentRoles[] | null,
    @Arg("bypassInvite", () => Boolean, {
      nullable: true,
      description: "Taken for the sake of older clients; nobody has to be invited.",
    })
    _bypassInvite?: boolean | null,
  ): Promise<Workspace> {
    const actor = await context.actor();
    if (!workspaceId) throw new InvalidInput("workspaceUuid", "has to be given");
    return this.deps.addUser.execute({
      actor,
      workspaceId,
      email,
      role,
      deploymentRoles: completeRoles(deploymentRoles),
    });
  }

  @Mutation(() => Role, {
    nullable: true,
    description: `Gives an existing user this role in the Workspace, and answers it. ${TAKES}, and every permission that the role grants. The last WORKSPACE_ADMIN stays one.`,
  })
  async workspaceUpsertUserRole(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("email", () => String, { description: "The user's e-mail address." }) email: string,
    @Arg("role", () => Role, { description: "A WORKSPACE_… role." }) role: RoleName,
  ): Promise<RoleName> {
    return this.deps.upsertUserRole.execute({ actor: await context.actor(), workspaceId, email, role });
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description: `Takes a user's roles in the Workspace and on its Deployments away. ${TAKES}. The last WORKSPACE_ADMIN stays.`,
  })
  async workspaceRemoveUser(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("userUuid", () => Uuid, { description: "Which user." }) userId: string,
  ): Promise<Workspace> {
    return this.deps.removeUser.execute({ actor: await context.actor(), workspaceId, userId });
  }
}
