import { Unauthenticated } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import type { ServiceAccount, User } from "../domain/accounts";
import { readUserSearch, type GivenUserSearch } from "../domain/user-search";
import type { AccessReadModel } from "./ports";

/** The caller: exactly one of both is set. */
export interface Self {
  readonly user: User | null;
  readonly serviceAccount: ServiceAccount | null;
}

export class FindUsers {
  constructor(private readonly readModel: AccessReadModel) {}

  /** By user name. @throws Forbidden without system.users.get */
  async search(actor: Actor, given: GivenUserSearch): Promise<User[]> {
    requirePermission(actor, "system.users.get", SYSTEM_SCOPE);
    const search = readUserSearch(given);
    return search === null ? [] : this.readModel.searchUsers(search);
  }

  /** @throws Unauthenticated if the account went away at this moment */
  async self(actor: Actor): Promise<Self> {
    const isUser = actor.type === "USER";
    const [user = null] = isUser ? await this.readModel.usersByIds([actor.id]) : [];
    const [serviceAccount = null] = isUser ? [] : await this.readModel.serviceAccountsByIds([actor.id]);
    if (user === null && serviceAccount === null) throw new Unauthenticated("INVALID");
    return { user, serviceAccount };
  }
}
