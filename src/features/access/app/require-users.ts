import { isId } from "../../../kernel/ids";
import { NotFound } from "../../../kernel/errors";
import type { AccessStores } from "./ports";

/** @throws NotFound unless every id is a user's */
export async function requireUsers(access: AccessStores, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  if (!ids.every(isId) || (await access.countUsers(ids)) < ids.length) throw new NotFound("User");
}
