import type { AuditAction } from "../../../kernel/audit-entry";
import {
  checkEmail,
  requireGrantable,
  type Directory,
  type AccessStores,
  type Role,
  type RoleBinding,
  type RolePermissions,
  type User,
} from "../../access";
import { isSameId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Conflict, InvalidInput, NotFound } from "../../../kernel/errors";
import { deploymentScope, type Actor } from "../../../kernel/permissions";
import { DEPLOYMENT_PERMISSIONS } from "../domain/access";
import { auditedDeployment } from "../domain/deployment";
import { lockDeployment } from "./lock-deployment";
import type { DeploymentStores } from "./ports";

export interface DeploymentUserCommand {
  readonly actor: Actor;
  readonly deploymentId: string;
  readonly email: string;
  /** Has to be that of the user with the address, if it is given. */
  readonly userId?: string | undefined;
}

/** The same error for a user who exists without a role there, so that it does not reveal which users exist. */
const USER_WITH_ROLE = "User with a role on this Deployment";

interface Change {
  readonly role: Role | null;
  readonly action: AuditAction;
  /** What is not found where there is no such user. */
  readonly missing: string;
}

/**
 * Roles of users on one Deployment. They need no role in its Workspace.
 *
 * All of them throw NotFound if there is no such Deployment, or no such user whom the actor knows, and Forbidden without
 * deployment.userRoles.update there, or system.iam.update, or if the role, or the one that it replaces, holds what the
 * actor lacks.
 */
export class DeploymentUserRoles {
  constructor(
    private readonly unitOfWork: UnitOfWork<DeploymentStores>,
    private readonly roles: RolePermissions,
    private readonly directory: Directory,
  ) {}

  /** @throws Conflict if the user has a role there already */
  add({ role, ...command }: DeploymentUserCommand & { readonly role: Role }): Promise<RoleBinding> {
    return this.change(
      command,
      { role, action: "deployment.add_user", missing: "User" },
      async (access, user, { present, place }) => {
        if (present !== null) throw new Conflict("The user has a role on this Deployment already");
        return access.bindUser(user.id, { role, workspaceId: null, ...place });
      },
    );
  }

  /** @throws NotFound if the user has no role there */
  update({ role, ...command }: DeploymentUserCommand & { readonly role: Role }): Promise<RoleBinding> {
    return this.change(
      command,
      { role, action: "deployment.update_user_role", missing: USER_WITH_ROLE },
      async (access, user, { present, place }) => {
        if (present === null) throw new NotFound(USER_WITH_ROLE);
        return access.bindUser(user.id, { role, workspaceId: null, ...place });
      },
    );
  }

  /** Returns what was taken away. @throws NotFound if the user has no role there */
  remove(command: DeploymentUserCommand): Promise<RoleBinding> {
    return this.change(
      command,
      { role: null, action: "deployment.remove_user", missing: USER_WITH_ROLE },
      async (access, user, { present, place }) => {
        if (present === null) throw new NotFound(USER_WITH_ROLE);
        await access.unbindUser(user.id, place);
        return present;
      },
    );
  }

  private change(
    { deploymentId, email, userId, ...command }: DeploymentUserCommand,
    { role, action, missing }: Change,
    work: (
      access: AccessStores,
      user: User,
      at: { readonly place: { readonly deploymentId: string }; readonly present: RoleBinding | null },
    ) => Promise<RoleBinding>,
  ): Promise<RoleBinding> {
    const address = checkEmail(email);
    return this.unitOfWork.run(async (stores) => {
      const { access, audit } = stores;
      const { deployment, actor } = await lockDeployment(
        stores,
        command.actor,
        { id: deploymentId },
        DEPLOYMENT_PERMISSIONS.updateUsers,
      );
      if (role !== null) requireGrantable(actor, role, deploymentScope(deployment), this.roles);
      const user = await access.findKnownUserByEmail(address, this.directory.usersFor(actor));
      if (user === null) throw new NotFound(missing);
      if (userId !== undefined && !isSameId(userId, user.id))
        throw new InvalidInput("userId", "is not that of the user with this e-mail address");
      const place = { deploymentId: deployment.id };
      const present = await access.findUserBinding(user.id, place);
      // Taking a role away needs what giving it needs.
      if (present !== null) requireGrantable(actor, present.role, deploymentScope(deployment), this.roles);
      const binding = await work(access, user, { place, present });
      await audit.add({
        actor,
        action,
        object: auditedDeployment(deployment),
        details: { userId: user.id, role: binding.role },
      });
      return binding;
    });
  }
}
