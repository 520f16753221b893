import { isId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { AuditObject } from "../../../kernel/audit-entry";
import { NotFound } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { auditedUser, type RoleBinding } from "../domain/accounts";
import { requireAllGrantable, requireGrantable } from "../domain/granting";
import type { Role, RolePermissions } from "../domain/roles";
import { auditedTeam } from "../domain/teams";
import { keepAdmins } from "./keep-admins";
import type { AccessTransaction } from "./ports";
import type { BoundTo, Subject } from "./team-ports";

export interface SystemRoleCommand {
  readonly actor: Actor;
  readonly subject: Subject;
  readonly role: Role;
}

const SYSTEM: BoundTo = { workspaceId: null, deploymentId: null };

/** Roles of users and Teams on the whole system. Each has one at most. */
export class SystemRoles {
  constructor(
    private readonly unitOfWork: UnitOfWork<AccessTransaction>,
    private readonly roles: RolePermissions,
  ) {}

  /**
   * Gives the role, in place of the one that the subject had; the same one again changes nothing.
   * @throws Forbidden without system.iam.update, or if the role, or the one that it replaces, holds what the actor lacks
   * @throws InvalidInput if it is no system role
   * @throws NotFound
   * @throws Conflict if the last SYSTEM_ADMIN would lose that role
   */
  grant({ actor, subject, role }: SystemRoleCommand): Promise<RoleBinding> {
    requirePermission(actor, "system.iam.update", SYSTEM_SCOPE);
    requireGrantable(actor, role, SYSTEM_SCOPE, this.roles);
    return this.unitOfWork.run(async (tx) => {
      const { object, id } = await lockSubject(tx, subject);
      await this.requireTakeable(tx, actor, subject);
      const bound = { role, ...SYSTEM };
      const binding = await keepAdmins(tx.admins, [], () =>
        "userId" in subject ? tx.access.bindUser(id, bound) : tx.teams.bindTeam(id, bound),
      );
      await tx.audit.add({ actor, action: `${object.type}.grant_role`, object, details: { role } });
      return binding;
    });
  }

  /**
   * Takes the role away, and answers what was taken.
   * @throws Forbidden without system.iam.update, or if the role holds what the actor lacks
   * @throws NotFound if there is no such user or Team, or it has another role or none
   * @throws Conflict if the last SYSTEM_ADMIN would lose that role
   */
  revoke({ actor, subject, role }: SystemRoleCommand): Promise<RoleBinding> {
    requirePermission(actor, "system.iam.update", SYSTEM_SCOPE);
    return this.unitOfWork.run(async (tx) => {
      const { object, id } = await lockSubject(tx, subject);
      const binding = await keepAdmins(tx.admins, [], async () => {
        const taken = await ("userId" in subject
          ? tx.access.unbindUserFromSystem(id)
          : tx.teams.unbindTeam(id, SYSTEM));
        if (taken === null || taken.role !== role) throw new NotFound("Role binding");
        requireGrantable(actor, taken.role, SYSTEM_SCOPE, this.roles);
        return taken;
      });
      await tx.audit.add({ actor, action: `${object.type}.revoke_role`, object, details: { role } });
      return binding;
    });
  }

  /** Taking a role away needs what giving it needs. @throws Forbidden */
  private async requireTakeable({ admins }: AccessTransaction, actor: Actor, subject: Subject): Promise<void> {
    const present = (await admins.rolesOf(subject)).filter(({ scope }) => scope.kind === "system");
    requireAllGrantable(actor, present, this.roles);
  }
}

async function lockSubject(
  { access, teams }: AccessTransaction,
  subject: Subject,
): Promise<{ object: AuditObject & { readonly type: "user" | "team" }; id: string }> {
  if ("userId" in subject) {
    const user = isId(subject.userId) ? await access.lockUser(subject.userId) : null;
    if (user === null) throw new NotFound("User");
    return { object: auditedUser(user), id: user.id };
  }
  const team = isId(subject.teamId) ? await teams.lockTeam(subject.teamId) : null;
  if (team === null) throw new NotFound("Team");
  return { object: auditedTeam(team), id: team.id };
}
