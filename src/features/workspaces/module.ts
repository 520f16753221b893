import type { DataSource, EntityManager } from "typeorm";
import type { Clock } from "../../shared/app/clock";
import { createUnitOfWork } from "../../shared/db/unit-of-work";
import type { AccessReadModel, AccessStores, RolePermissions, ServiceAccounts } from "../access";
import { AddWorkspaceUser } from "./app/add-workspace-user";
import { CreateWorkspace } from "./app/create-workspace";
import { DeleteWorkspace } from "./app/delete-workspace";
import { FindWorkspaces } from "./app/find-workspaces";
import type { WorkspaceTransaction } from "./app/ports";
import { RemoveWorkspaceUser } from "./app/remove-workspace-user";
import { UpdateWorkspace } from "./app/update-workspace";
import { UpsertWorkspaceUserRole } from "./app/upsert-workspace-user-role";
import { WorkspaceContentsSql } from "./db/workspace-contents";
import { WorkspaceReadModelSql } from "./db/workspace-read-model";
import { WorkspaceStore } from "./db/workspace-store";
import { RoleBindingWorkspaceResolver } from "./graphql/role-binding-workspace.resolver";
import { WorkspaceServiceAccountResolver } from "./graphql/workspace-service-account.resolver";
import { WorkspaceUserResolver } from "./graphql/workspace-user.resolver";
import { workspaceLoaders } from "./graphql/workspace.loaders";
import { WorkspaceResolver } from "./graphql/workspace.resolver";

export { WorkspaceRow } from "./db/workspace.row";

export interface WorkspacesModuleOptions {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly access: {
    readonly stores: (manager: EntityManager) => AccessStores;
    readonly readModel: AccessReadModel;
    readonly serviceAccounts: ServiceAccounts;
    readonly roles: RolePermissions;
  };
}

export type WorkspacesModule = ReturnType<typeof createWorkspacesModule>;

export function createWorkspacesModule({ dataSource, clock, access }: WorkspacesModuleOptions) {
  const readModel = new WorkspaceReadModelSql(dataSource);
  const unitOfWork = createUnitOfWork(
    dataSource,
    (manager): WorkspaceTransaction => ({
      workspaces: new WorkspaceStore(manager),
      contents: new WorkspaceContentsSql(manager),
      access: access.stores(manager),
    }),
  );
  const reads = new FindWorkspaces(readModel);
  const createWorkspace = new CreateWorkspace(unitOfWork, clock);
  const addUser = new AddWorkspaceUser(unitOfWork, access.roles);
  const loaders = workspaceLoaders(readModel, access.readModel);
  return {
    reads,
    createWorkspace,
    addUser,
    loaders,
    resolvers: [
      new WorkspaceResolver({
        reads,
        createWorkspace,
        updateWorkspace: new UpdateWorkspace(unitOfWork, clock),
        deleteWorkspace: new DeleteWorkspace(unitOfWork),
        loaders,
      }),
      new WorkspaceUserResolver({
        addUser,
        upsertUserRole: new UpsertWorkspaceUserRole(unitOfWork, access.roles),
        removeUser: new RemoveWorkspaceUser(unitOfWork),
      }),
      new WorkspaceServiceAccountResolver(reads, access.serviceAccounts),
      new RoleBindingWorkspaceResolver(loaders),
    ],
  };
}
