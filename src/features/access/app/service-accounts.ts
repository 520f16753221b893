import { randomBytes } from "node:crypto";
import type { Clock } from "../../../shared/app/clock";
import { newId } from "../../../shared/app/ids";
import type { UnitOfWork } from "../../../shared/app/unit-of-work";
import { InvalidInput, NotFound } from "../../../shared/domain/errors";
import { requirePermission, type Actor, type Permission, type Scope } from "../../../shared/domain/permissions";
import type { ServiceAccount } from "../domain/accounts";
import { requireGrantable } from "../domain/granting";
import type { Role, RolePermissions } from "../domain/roles";
import type { AccessReadModel, AccessStores } from "./ports";
import { hashApiKey } from "./sessions";

const LABEL_MOST = 190;
/** 128 bits, written as the 32 hexadecimal digits that clients of the 0.35 platform are used to. */
const API_KEY_BYTES = 16;

type Verb = "get" | "create" | "delete";

/** The permission of the scope's own level, or the system's. */
function permissionTo(verb: Verb, scope: Scope): Permission {
  return [`${scope.kind}.serviceAccounts.${verb}`, `system.serviceAccounts.${verb}`];
}

const idsOf = (scope: Scope): { workspaceId: string | null; deploymentId: string | null } => ({
  workspaceId: scope.kind === "workspace" ? scope.workspaceId : null,
  deploymentId: scope.kind === "deployment" ? scope.deploymentId : null,
});

/**
 * Service accounts of one system, Workspace or Deployment. The caller has made sure that the scope is of a
 * record that exists and that the actor may see.
 */
export class ServiceAccounts {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessStores>;
      readonly readModel: AccessReadModel;
      readonly roles: RolePermissions;
      readonly clock: Clock;
      readonly showFirstChars: number;
    },
  ) {}

  /** The answer holds the API key in full, and is the only one that ever does. */
  async create(command: {
    readonly actor: Actor;
    readonly scope: Scope;
    readonly label: string;
    readonly category?: string | undefined;
    readonly role: Role;
  }): Promise<{ account: ServiceAccount; apiKey: string }> {
    const { actor, scope, role } = command;
    requirePermission(actor, permissionTo("create", scope), scope);
    requireGrantable(actor, role, scope, this.deps.roles);
    const label = command.label.trim();
    if (label === "" || label.length > LABEL_MOST) throw new InvalidInput("label", `has to have 1 to ${LABEL_MOST} characters`);

    const category = (command.category ?? "").trim();
    if (category.length > LABEL_MOST) throw new InvalidInput("category", `has at most ${LABEL_MOST} characters`);

    const apiKey = randomBytes(API_KEY_BYTES).toString("hex");
    const now = this.deps.clock();
    const account: ServiceAccount = {
      id: newId(),
      label,
      category: category || null,
      apiKeyStart: apiKey.slice(0, this.deps.showFirstChars),
      ...idsOf(scope),
      active: true,
      lastUsedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.deps.unitOfWork.run((stores) =>
      stores.addServiceAccount({ ...account, apiKeyHash: hashApiKey(apiKey) }, { role, ...idsOf(scope) }),
    );
    return { account, apiKey };
  }

  async list(actor: Actor, scope: Scope): Promise<ServiceAccount[]> {
    requirePermission(actor, permissionTo("get", scope), scope);
    switch (scope.kind) {
      case "system":
        return this.deps.readModel.serviceAccounts("system");
      case "workspace":
        return this.deps.readModel.serviceAccounts({ workspaceIds: [scope.workspaceId] });
      case "deployment":
        return this.deps.readModel.serviceAccounts({ deploymentIds: [scope.deploymentId] });
    }
  }

  /** @throws NotFound if the service account is not one of this scope */
  async delete(actor: Actor, scope: Scope, id: string): Promise<ServiceAccount> {
    requirePermission(actor, permissionTo("delete", scope), scope);
    const { workspaceId, deploymentId } = idsOf(scope);
    return this.deps.unitOfWork.run(async (stores) => {
      const account = await stores.findServiceAccount(id);
      if (account === null || account.workspaceId !== workspaceId || account.deploymentId !== deploymentId) {
        throw new NotFound("Service account");
      }
      await stores.removeServiceAccount(id);
      return account;
    });
  }
}
