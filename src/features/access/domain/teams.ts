import type { AuditObject } from "../../../kernel/audit-entry";
import { Conflict, InvalidInput } from "../../../kernel/errors";
import type { Team } from "./accounts";

/** The provider of Teams whose members are chosen here, by people. */
const LOCAL = "local";

/** Short names of the providers that the 0.35 configuration knows (`auth.openidConnect`). */
const PROVIDERS: readonly string[] = [LOCAL, "auth0", "google", "okta", "microsoft", "adfs", "custom"];

/**
 * Returns `local` for null.
 * @throws InvalidInput if it is not a provider that users can sign in through
 */
export function checkProvider(text: string | null): string {
  const provider = text || LOCAL;
  if (!PROVIDERS.includes(provider)) throw new InvalidInput("provider", `takes one of ${PROVIDERS.join(", ")}`);
  return provider;
}

/** @throws Conflict if a provider says who is in the Team: what people changed would not last */
export function requireLocal({ provider }: Pick<Team, "provider">): void {
  if (provider !== LOCAL) throw new Conflict(`The members of this Team come from ${provider}: change them there`);
}

/** @throws Conflict if the Team is a group of a provider, which finds it by its name */
export function requireRenamable({ provider }: Pick<Team, "provider">): void {
  if (provider !== LOCAL) throw new Conflict(`This Team is a group of ${provider}, and has its name from there`);
}

export const auditedTeam = ({ id, name }: Team): AuditObject & { readonly type: "team" } => ({
  type: "team",
  id,
  label: name,
});

/** Who joins and who leaves: ids of users. `userIds` names all members there will be, so nothing else goes with it. */
export interface GivenMembers {
  readonly addUserIds?: readonly string[] | null | undefined;
  readonly removeUserIds?: readonly string[] | null | undefined;
  readonly userIds?: readonly string[] | null | undefined;
}

export type MemberChange =
  | { readonly kind: "CHANGE"; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly kind: "REPLACE"; readonly by: readonly string[] };

/** Max users in one change: each is also named in the audit trail. */
const MAX_MEMBERS = 500;

/**
 * The ids as they are stored, each once; null where none are given.
 * @throws InvalidInput if there are too many
 */
export function readMemberIds(given: readonly string[] | null | undefined, argument: string): string[] | null {
  if (given == null) return null;
  if (given.length > MAX_MEMBERS) throw new InvalidInput(argument, `takes at most ${MAX_MEMBERS} users at once`);
  return [...new Set(given.map((id) => id.toLowerCase()))];
}

/**
 * Null where nothing is given.
 * @throws InvalidInput if it contradicts itself, or names too many
 */
export function readMemberChange(given: GivenMembers): MemberChange | null {
  const by = readMemberIds(given.userIds, "userIds");
  const add = readMemberIds(given.addUserIds, "addUserIds");
  const remove = readMemberIds(given.removeUserIds, "removeUserIds");
  if (by === null && add === null && remove === null) return null;
  if (by !== null && (add !== null || remove !== null)) {
    throw new InvalidInput(
      "userIds",
      "names all members that there will be: addUserIds and removeUserIds do not go with it",
    );
  }
  if (by !== null) return { kind: "REPLACE", by };
  if (add?.some((id) => remove?.includes(id)))
    throw new InvalidInput("removeUserIds", "names a user who is in addUserIds as well");
  return { kind: "CHANGE", add: add ?? [], remove: remove ?? [] };
}

/** Who really joins, and who really leaves. */
export function membersAfter(
  present: readonly string[],
  change: MemberChange,
): { readonly added: string[]; readonly removed: string[] } {
  const members = new Set(present);
  if (change.kind === "REPLACE") {
    const wanted = new Set(change.by);
    return { added: change.by.filter((id) => !members.has(id)), removed: present.filter((id) => !wanted.has(id)) };
  }
  return { added: change.add.filter((id) => !members.has(id)), removed: change.remove.filter((id) => members.has(id)) };
}
