import type { RoleBinding, ServiceAccount as ServiceAccountRecord } from "../domain/accounts";
import type { ServiceAccount } from "./access.types";

/** A service account in the dialect's words. */
export function presentServiceAccount(account: ServiceAccountRecord, apiKey = account.apiKeyStart): ServiceAccount {
  const { workspaceId, deploymentId } = account;
  return {
    id: account.id,
    label: account.label,
    apiKey,
    category: account.category,
    entityType: deploymentId !== null ? "DEPLOYMENT" : workspaceId !== null ? "WORKSPACE" : "SYSTEM",
    entityUuid: deploymentId ?? workspaceId,
    workspaceUuid: workspaceId,
    deploymentUuid: deploymentId,
    active: account.active,
    expiresAt: account.expiresAt,
    lastUsedAt: account.lastUsedAt,
    lastUsedAddress: account.lastUsedAddress,
    createdAt: account.createdAt,
    updatedAt: account.updatedAt,
  };
}

/** Users' roles, and those of Teams and service accounts for a caller who may list these. */
export const visibleBindings = (
  bindings: readonly RoleBinding[],
  may: { readonly teams: boolean; readonly serviceAccounts: boolean },
): RoleBinding[] =>
  bindings.filter(
    ({ teamId, serviceAccountId }) =>
      (teamId === null || may.teams) && (serviceAccountId === null || may.serviceAccounts),
  );
