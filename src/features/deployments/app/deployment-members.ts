import {
  readUserSearch,
  type AccessReadModel,
  type GivenUserSearch,
  type Team,
  type TeamReadModel,
  type User,
} from "../../access";
import type { Actor, Permission } from "../../../kernel/permissions";
import { isId } from "../../../kernel/ids";
import { authorize, DEPLOYMENT_PERMISSIONS } from "../domain/access";
import type { DeploymentReadModel } from "./ports";

/** Users and Teams with a role on the Deployment itself; roles on its Workspace or on the system are not listed. */
export class DeploymentMembers {
  constructor(
    private readonly deps: {
      readonly deployments: DeploymentReadModel;
      readonly access: AccessReadModel;
      readonly teams: TeamReadModel;
    },
  ) {}

  /** Those who match, by user name. @throws NotFound, Forbidden */
  async users(actor: Actor, deploymentId: string, given: GivenUserSearch): Promise<User[]> {
    const id = await this.visible(actor, deploymentId, DEPLOYMENT_PERMISSIONS.seeUsers);
    const search = readUserSearch(given);
    return search === null ? [] : this.deps.access.searchUsers(search, { deploymentId: id });
  }

  /** By name. @throws NotFound, Forbidden */
  async teamsOf(actor: Actor, deploymentId: string): Promise<Team[]> {
    const id = await this.visible(actor, deploymentId, DEPLOYMENT_PERMISSIONS.seeTeams);
    return this.deps.teams.teamsOnDeployments([id]);
  }

  private async visible(actor: Actor, id: string, permission: Permission): Promise<string> {
    const found = isId(id) ? await this.deps.deployments.find(id) : null;
    return authorize(actor, found, permission).id;
  }
}
