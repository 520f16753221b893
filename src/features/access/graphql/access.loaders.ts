import DataLoader from "dataloader";
import { byId, groupBy } from "../../../shared/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../shared/graphql/context";
import type { AccessReadModel } from "../app/ports";
import type { Email, RoleBinding, ServiceAccount, User } from "../domain/accounts";

export interface AccessLoaders {
  readonly users: DataLoader<string, User | null>;
  readonly serviceAccounts: DataLoader<string, ServiceAccount | null>;
  readonly emailsByUser: DataLoader<string, Email[]>;
  readonly bindingsByUser: DataLoader<string, RoleBinding[]>;
}

export function accessLoaders(readModel: AccessReadModel): (context: GraphqlContext) => AccessLoaders {
  return perRequest(() => ({
    users: new DataLoader(async (ids) => byId(ids, await readModel.usersByIds(ids))),
    serviceAccounts: new DataLoader(async (ids) => byId(ids, await readModel.serviceAccountsByIds(ids))),
    emailsByUser: new DataLoader(async (ids) => groupBy(ids, await readModel.emailsOf(ids), (email) => email.userId)),
    bindingsByUser: new DataLoader(async (ids) =>
      groupBy(ids, await readModel.bindingsOfUsers(ids), (binding) => binding.userId ?? ""),
    ),
  }));
}
