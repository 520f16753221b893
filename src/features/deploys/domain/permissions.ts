import { canSee, DEPLOYMENT_PERMISSIONS } from "../../deployments/domain";
import { can, deploymentScope, type Actor } from "../../../kernel/permissions";

export const { pullImage: PULL_IMAGE, pushImage: PUSH_IMAGE, readHistory: READ_HISTORY } = DEPLOYMENT_PERMISSIONS;

export const CLEAN_UP = "system.cleanupDeployRevisions.delete";

export const mayPush = (actor: Actor, deployment: { readonly id: string; readonly workspaceId: string }): boolean =>
  canSee(actor, deployment) && can(actor, PUSH_IMAGE, deploymentScope(deployment));
