import DataLoader from "dataloader";
import { byId, groupBy } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import type { AccessReadModel } from "../app/ports";
import type { TeamReadModel } from "../app/team-ports";
import { withKeyExpiry, type MaxKeyAgeDays } from "../domain/api-keys";
import type { Email, PlacedBinding, ServiceAccount, Team, User } from "../domain/accounts";
import { usersKnownTo } from "../domain/directory";

export interface AccessLoaders {
  readonly users: DataLoader<string, User | null>;
  readonly serviceAccounts: DataLoader<string, ServiceAccount | null>;
  readonly emailsByUser: DataLoader<string, Email[]>;
  readonly bindingsByUser: DataLoader<string, PlacedBinding[]>;
  /** Whether the caller may see the user's addresses. */
  readonly isKnownUser: DataLoader<string, boolean>;
  /** Accounts that this request has signed in or up, and so proven to be the caller's own. */
  readonly own: Set<string>;
  readonly teams: DataLoader<string, Team | null>;
  readonly bindingsByTeam: DataLoader<string, PlacedBinding[]>;
  readonly membersByTeam: DataLoader<string, User[]>;
}

export function accessLoaders(
  readModel: AccessReadModel,
  teams: TeamReadModel,
  maxKeyAgeDays: MaxKeyAgeDays,
): (context: GraphqlContext) => AccessLoaders {
  return perRequest((context) => ({
    users: new DataLoader(async (ids) => byId(ids, await readModel.usersByIds(ids))),
    serviceAccounts: new DataLoader(async (ids) => {
      const accounts = await readModel.serviceAccountsByIds(ids);
      return byId(
        ids,
        accounts.map((account) => withKeyExpiry(account, maxKeyAgeDays)),
      );
    }),
    emailsByUser: new DataLoader(async (ids) => groupBy(ids, await readModel.emailsOf(ids), (email) => email.userId)),
    bindingsByUser: new DataLoader(async (ids) =>
      groupBy(ids, await readModel.bindingsOfUsers(ids), (binding) => binding.userId ?? ""),
    ),
    isKnownUser: new DataLoader(async (ids) => {
      const knownTo = usersKnownTo(await context.actor());
      if (knownTo === "everybody") return ids.map(() => true);
      const known = new Set(await readModel.knownUsers(ids, knownTo));
      return ids.map((id) => known.has(id));
    }),
    own: new Set<string>(),
    teams: new DataLoader(async (ids) => byId(ids, await teams.teamsByIds(ids))),
    bindingsByTeam: new DataLoader(async (ids) =>
      groupBy(ids, await teams.bindingsOfTeams(ids), (binding) => binding.teamId ?? ""),
    ),
    membersByTeam: new DataLoader(async (ids) => groupBy(ids, await teams.membersOfTeams(ids), (user) => user.teamId)),
  }));
}
