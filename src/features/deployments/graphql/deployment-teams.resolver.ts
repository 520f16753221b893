import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { Role as RoleName } from "../../access";
import { Role, RoleBinding, Team } from "../../access/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { DeploymentMembers } from "../app/deployment-members";
import type { DeploymentTeamRoles } from "../app/deployment-team-roles";

const TAKES = "Requires deployment.teamRoles.update there, or system.iam.update";
const GRANTS = ", and every permission that the role grants";

@Resolver()
export class DeploymentTeamsResolver {
  constructor(
    private readonly members: DeploymentMembers,
    private readonly roles: DeploymentTeamRoles,
  ) {}

  @MaxItems(100)
  @Query(() => [Team], {
    nullable: true,
    description:
      "The Teams that have a role on the Deployment, by name. Requires deployment.teams.get there, or system.teams.get.",
  })
  async deploymentTeams(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
  ): Promise<Team[]> {
    return this.members.teamsOf(await context.actor(), deploymentId);
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Gives a Team a role on a Deployment. ${TAKES}${GRANTS}.`,
  })
  async deploymentAddTeamRole(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("role", () => Role, { description: "A DEPLOYMENT_… role." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.roles.add({ actor: await context.actor(), deploymentId, teamId, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Gives a Team another role in place of the one on a Deployment. ${TAKES}${GRANTS}.`,
  })
  async deploymentUpdateTeamRole(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("role", () => Role, { description: "A DEPLOYMENT_… role." }) role: RoleName,
  ): Promise<RoleBinding> {
    return this.roles.update({ actor: await context.actor(), deploymentId, teamId, role });
  }

  @Mutation(() => RoleBinding, {
    nullable: true,
    description: `Takes a Team's role on a Deployment away, and answers what it was. ${TAKES}.`,
  })
  async deploymentRemoveTeamRole(
    @Ctx() context: GraphqlContext,
    @Arg("teamUuid", () => Uuid, { description: "Which Team." }) teamId: string,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
  ): Promise<RoleBinding> {
    return this.roles.remove({ actor: await context.actor(), deploymentId, teamId });
  }
}
