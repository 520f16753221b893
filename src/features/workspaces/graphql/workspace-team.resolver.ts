import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { Role as RoleName } from "../../access";
import { Role } from "../../access/graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { AddWorkspaceTeam } from "../app/add-workspace-team";
import type { RemoveWorkspaceTeam } from "../app/remove-workspace-team";
import type { UpdateWorkspaceTeamRole } from "../app/update-workspace-team-role";
import { completeRoles, DeploymentRoles, Workspace } from "./workspace.types";

const TAKES = "Requires workspace.iam.update there, or system.iam.update";

@Resolver()
export class WorkspaceTeamResolver {
  constructor(
    private readonly deps: {
      readonly addTeam: AddWorkspaceTeam;
      readonly updateTeamRole: UpdateWorkspaceTeamRole;
      readonly removeTeam: RemoveWorkspaceTeam;
    },
  ) {}

  @Mutation(() => Workspace, {
    nullable: true,
    description: `Lets a Team into a Workspace. ${TAKES}, and every permission that the roles grant.`,
  })
  async workspaceAddTeam(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("role", () => Role, { defaultValue: Role.WORKSPACE_VIEWER, description: "A WORKSPACE_… role." })
    role: RoleName,
    @Arg("deploymentRoles", () => [DeploymentRoles], {
      nullable: true,
      description:
        "Roles on Deployments of the Workspace, given at the same time. Each takes deployment.teamRoles.update there, or system.iam.update.",
    })
    deploymentRoles?: DeploymentRoles[] | null,
  ): Promise<Workspace> {
    const actor = await context.actor();
    return this.deps.addTeam.execute({
      actor,
      workspaceId,
      teamId,
      role,
      deploymentRoles: completeRoles(deploymentRoles),
    });
  }

  @Mutation(() => Role, {
    nullable: true,
    description: `Gives a Team that is in the Workspace another role there, and answers it. ${TAKES}, and every permission that the role grants. The last WORKSPACE_ADMIN stays one.`,
  })
  async workspaceUpdateTeamRole(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("role", () => Role, { description: "A WORKSPACE_… role." }) role: RoleName,
  ): Promise<RoleName> {
    return this.deps.updateTeamRole.execute({ actor: await context.actor(), workspaceId, teamId, role });
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description: `Takes a Team's roles in the Workspace and on its Deployments away. ${TAKES}. The last WORKSPACE_ADMIN stays.`,
  })
  async workspaceRemoveTeam(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
  ): Promise<Workspace> {
    return this.deps.removeTeam.execute({ actor: await context.actor(), workspaceId, teamId });
  }
}
