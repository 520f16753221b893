import { UPDATE, type Workspace } from "../../workspaces";
import { NotFound, notFoundAs } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import {
  can,
  requirePermission,
  SYSTEM_SCOPE,
  workspaceScope,
  type Actor,
  type Permission,
} from "../../../kernel/permissions";
import type { Webhook } from "../domain/webhook";
import type { NotificationReadModel } from "./ports";

const SYSTEM_WEBHOOKS: Permission = "system.iam.update";

/** @throws NotFound if there is none that the actor may see */
export type FindWorkspace = (actor: Actor, id: string) => Promise<Workspace>;

/** @throws NotFound, Forbidden */
export async function requirePlace(
  actor: Actor,
  workspaceId: string | null,
  findWorkspace: FindWorkspace,
): Promise<void> {
  if (workspaceId === null) return requirePermission(actor, SYSTEM_WEBHOOKS, SYSTEM_SCOPE);
  const { id } = await findWorkspace(actor, workspaceId);
  requirePermission(actor, UPDATE, workspaceScope(id));
}

/** @throws NotFound, Forbidden */
export async function findWebhook(
  actor: Actor,
  id: string,
  deps: { readonly readModel: NotificationReadModel; readonly findWorkspace: FindWorkspace },
): Promise<Webhook> {
  const webhook = isId(id) ? await deps.readModel.find(id) : null;
  if (webhook === null) throw new NotFound("Webhook");
  if (webhook.workspaceId === null && !can(actor, SYSTEM_WEBHOOKS, SYSTEM_SCOPE)) throw new NotFound("Webhook");
  await requirePlace(actor, webhook.workspaceId, deps.findWorkspace).catch(notFoundAs("Webhook"));
  return webhook;
}
