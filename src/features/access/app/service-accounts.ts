import { randomBytes } from "node:crypto";
import type { Clock } from "../../../kernel/clock";
import type { Instant } from "../../../kernel/instant";
import { isId, newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { AuditObject } from "../../../kernel/audit-entry";
import { LimitReached, NotFound } from "../../../kernel/errors";
import { requirePermission, type Actor, type Permission, type Scope } from "../../../kernel/permissions";
import { checkLabel, readLine } from "../../../kernel/text";
import type { ServiceAccount } from "../domain/accounts";
import { API_KEY_PREFIX, checkKeyExpiry, withKeyExpiry, type MaxKeyAgeDays } from "../domain/api-keys";
import { requireGrantable } from "../domain/granting";
import type { Role, RolePermissions } from "../domain/roles";
import type { AccessReadModel, AccessStores, AccessTransaction, BindingScope } from "./ports";
import { hashApiKey } from "./sessions";

/** 128 bits, written as 32 hexadecimal digits, as the keys of the 0.35 platform are; a prefix comes before them. */
const API_KEY_BYTES = 16;

const VERBS = ["get", "create", "update", "delete"] as const;
type Verb = (typeof VERBS)[number];

/** The permission of the scope's own level, or the system's. */
function permissionTo(verb: Verb, scope: Scope): Permission {
  return [`${scope.kind}.serviceAccounts.${verb}`, `system.serviceAccounts.${verb}`];
}

/** The permissions for service accounts of a scope. */
export const serviceAccountPermissions = (scope: Scope): Permission[] => VERBS.map((verb) => permissionTo(verb, scope));

const idsOf = (scope: Scope): { workspaceId: string | null; deploymentId: string | null } => ({
  workspaceId: scope.kind === "workspace" ? scope.workspaceId : null,
  deploymentId: scope.kind === "deployment" ? scope.deploymentId : null,
});

/**
 * Service accounts of one system, Workspace or Deployment. The caller has checked that the scope's record exists and
 * that the actor may see it.
 */
export class ServiceAccounts {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<AccessTransaction>;
      readonly readModel: AccessReadModel;
      readonly roles: RolePermissions;
      readonly clock: Clock;
      /** Behind the prefix. */
      readonly showFirstChars: number;
      readonly maxKeyAgeDays: MaxKeyAgeDays;
      /** Of one Workspace, one Deployment, or the system. */
      readonly maxPerPlace: number;
    },
  ) {}

  /**
   * The answer holds the API key in full, and is the only one that ever does.
   * @throws InvalidInput
   * @throws LimitReached
   */
  async create(command: {
    readonly actor: Actor;
    readonly scope: Scope;
    readonly label: string;
    readonly category?: string | undefined;
    readonly role: Role;
    /** When the key ends by itself; null for never, or as late as the configuration allows. */
    readonly expiresAt?: Instant | null | undefined;
  }): Promise<{ account: ServiceAccount; apiKey: string }> {
    const { actor, scope, role } = command;
    requirePermission(actor, permissionTo("create", scope), scope);
    requireGrantable(actor, role, scope, this.deps.roles);
    const label = checkLabel(command.label);
    const category = checkCategory(command.category);
    const apiKey = `${API_KEY_PREFIX}${randomBytes(API_KEY_BYTES).toString("hex")}`;
    const now = this.deps.clock();
    const expiresAt = checkKeyExpiry(command.expiresAt ?? null, { now, maxAgeDays: this.deps.maxKeyAgeDays });
    const account: ServiceAccount = {
      id: newId(),
      label,
      category,
      apiKeyStart: apiKey.slice(0, API_KEY_PREFIX.length + this.deps.showFirstChars),
      ...idsOf(scope),
      active: true,
      expiresAt,
      lastUsedAt: null,
      lastUsedAddress: null,
      createdAt: now,
      updatedAt: now,
    };
    const { maxPerPlace } = this.deps;
    const details = { role, ...(expiresAt !== null && { expiresAt }) };
    await this.deps.unitOfWork.run(async ({ access, audit }) => {
      if ((await access.countServiceAccountsForUpdate(account)) >= maxPerPlace) {
        throw new LimitReached(
          "There are as many service accounts here as there may be",
          maxPerPlace,
          "serviceAccounts",
        );
      }
      await access.addServiceAccount({ ...account, apiKeyHash: hashApiKey(apiKey) }, { role, ...idsOf(scope) });
      await audit.add({ actor, action: "service_account.create", object: audited(account, scope), details });
    });
    return { account: this.shown(account), apiKey };
  }

  async list(actor: Actor, scope: Scope): Promise<ServiceAccount[]> {
    requirePermission(actor, permissionTo("get", scope), scope);
    return (await this.deps.readModel.serviceAccounts(placeOf(scope))).map((account) => this.shown(account));
  }

  /**
   * Changes what is given; the key stays as it is.
   * @throws NotFound if the service account is not one of this scope
   */
  async update(command: {
    readonly actor: Actor;
    readonly scope: Scope;
    readonly id: string;
    readonly label?: string | undefined;
    /** Null clears it. */
    readonly category?: string | null | undefined;
    readonly role?: Role | undefined;
  }): Promise<ServiceAccount> {
    const { actor, scope, role } = command;
    requirePermission(actor, permissionTo("update", scope), scope);
    if (role !== undefined) requireGrantable(actor, role, scope, this.deps.roles);
    const given = {
      ...(command.label !== undefined && { label: checkLabel(command.label) }),
      ...(command.category !== undefined && { category: checkCategory(command.category) }),
    };
    return this.deps.unitOfWork.run(async ({ access, audit }) => {
      const account = await lockIn(access, scope, command.id);
      const updated = { ...account, ...given, updatedAt: this.deps.clock() };
      await access.updateServiceAccount(updated);
      if (role !== undefined) await access.setServiceAccountRole(account.id, role);
      await audit.add({
        actor,
        action: "service_account.update",
        object: audited(updated, scope),
        ...(role !== undefined && { details: { role } }),
      });
      return this.shown(updated);
    });
  }

  /** @throws NotFound if the service account is not one of this scope */
  async delete(actor: Actor, scope: Scope, id: string): Promise<ServiceAccount> {
    requirePermission(actor, permissionTo("delete", scope), scope);
    return this.deps.unitOfWork.run(async ({ access, audit }) => {
      const account = await lockIn(access, scope, id);
      await access.removeServiceAccount(account.id);
      await audit.add({ actor, action: "service_account.delete", object: audited(account, scope) });
      return this.shown(account);
    });
  }

  private shown(account: ServiceAccount): ServiceAccount {
    return withKeyExpiry(account, this.deps.maxKeyAgeDays);
  }
}

function placeOf(scope: Scope): BindingScope | "system" {
  switch (scope.kind) {
    case "system":
      return "system";
    case "workspace":
      return { workspaceIds: [scope.workspaceId] };
    case "deployment":
      return { deploymentIds: [scope.deploymentId] };
  }
}

async function lockIn(access: AccessStores, scope: Scope, id: string): Promise<ServiceAccount> {
  const { workspaceId, deploymentId } = idsOf(scope);
  const account = isId(id) ? await access.lockServiceAccount(id) : null;
  if (account === null || account.workspaceId !== workspaceId || account.deploymentId !== deploymentId) {
    throw new NotFound("Service account");
  }
  return account;
}

const checkCategory = (text: string | null | undefined): string | null => readLine("category", text ?? "");

const audited = ({ id, label, deploymentId }: ServiceAccount, scope: Scope): AuditObject => ({
  type: "service_account",
  id,
  label,
  workspaceId: scope.kind === "system" ? null : scope.workspaceId,
  deploymentId,
});
