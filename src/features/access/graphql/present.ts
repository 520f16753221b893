import type { ServiceAccount as ServiceAccountRecord } from "../domain/accounts";
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
    lastUsedAt: account.lastUsedAt,
    createdAt: account.createdAt,
    updatedAt: account.updatedAt,
  };
}
