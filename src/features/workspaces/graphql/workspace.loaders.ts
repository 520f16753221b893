import DataLoader from "dataloader";
import type { AccessReadModel, RoleBinding, User } from "../../access";
import { byId, groupBy } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import type { WorkspaceReadModel } from "../app/ports";
import type { Workspace } from "../domain/workspace";

/** The loaders check no permission: their callers do. */
export interface WorkspaceLoaders {
  readonly workspaces: DataLoader<string, Workspace | null>;
  readonly usersByWorkspace: DataLoader<string, User[]>;
  readonly bindingsByWorkspace: DataLoader<string, RoleBinding[]>;
}

export function workspaceLoaders(
  readModel: WorkspaceReadModel,
  access: AccessReadModel,
): (context: GraphqlContext) => WorkspaceLoaders {
  return perRequest(() => ({
    workspaces: new DataLoader(async (ids) => byId(ids, await readModel.findMany(ids))),
    usersByWorkspace: new DataLoader(async (ids) =>
      groupBy(ids, await access.usersOfWorkspaces(ids), (user) => user.workspaceId),
    ),
    bindingsByWorkspace: new DataLoader(async (ids) =>
      groupBy(ids, await access.bindingsOn({ workspaceIds: ids }), (binding) => binding.workspaceId ?? ""),
    ),
  }));
}
