import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import type {
  AccessReadModel,
  AccessStores,
  CurrentActors,
  AdminStores,
  Directory,
  RolePermissions,
  ServiceAccounts,
  TeamReadModel,
  TeamStores,
} from "../access";
import { AddWorkspaceTeam } from "./app/add-workspace-team";
import { AddWorkspaceUser } from "./app/add-workspace-user";
import { CreateWorkspace } from "./app/create-workspace";
import { DeleteWorkspace } from "./app/delete-workspace";
import { FindWorkspaces } from "./app/find-workspaces";
import type { WorkspaceTransaction } from "./app/ports";
import { RemoveWorkspaceTeam } from "./app/remove-workspace-team";
import { RemoveWorkspaceUser } from "./app/remove-workspace-user";
import { UpdateWorkspaceTeamRole } from "./app/update-workspace-team-role";
import { UpdateWorkspace } from "./app/update-workspace";
import { UpsertWorkspaceUserRole } from "./app/upsert-workspace-user-role";
import { WorkspaceMembers } from "./app/workspace-members";
import { WorkspaceContentsSql } from "./db/workspace-contents";
import { WorkspaceReadModelSql } from "./db/workspace-read-model";
import { WorkspaceStore } from "./db/workspace-store";
import { RoleBindingWorkspaceResolver } from "./graphql/role-binding-workspace.resolver";
import { WorkspaceMembersResolver } from "./graphql/workspace-members.resolver";
import { WorkspaceServiceAccountResolver } from "./graphql/workspace-service-account.resolver";
import { WorkspaceTeamResolver } from "./graphql/workspace-team.resolver";
import { WorkspaceUserResolver } from "./graphql/workspace-user.resolver";
import { workspaceLoaders } from "./graphql/workspace.loaders";
import { WorkspaceResolver } from "./graphql/workspace.resolver";

export { WorkspaceRow } from "./db/workspace.row";

export interface WorkspacesModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly clock: Clock;
  readonly access: {
    readonly actors: (manager: EntityManager) => CurrentActors;
    readonly stores: (manager: EntityManager) => AccessStores;
    readonly teamStores: (manager: EntityManager) => TeamStores;
    readonly adminStores: (manager: EntityManager) => AdminStores;
    readonly readModel: AccessReadModel;
    readonly teams: TeamReadModel;
    readonly serviceAccounts: ServiceAccounts;
    readonly roles: RolePermissions;
    readonly directory: Directory;
  };
}

export function createWorkspacesModule({ config, dataSource, audit, clock, access }: WorkspacesModuleOptions) {
  const readModel = new WorkspaceReadModelSql(dataSource);
  const unitOfWork = createUnitOfWork(dataSource, (manager): WorkspaceTransaction => ({
    workspaces: new WorkspaceStore(manager),
    actors: access.actors(manager),
    contents: new WorkspaceContentsSql(manager),
    access: access.stores(manager),
    teams: access.teamStores(manager),
    admins: access.adminStores(manager),
    audit: audit(manager),
  }));
  const { maxWorkspacePage, maxWorkspaceUserPage } = config.deployments;
  const reads = new FindWorkspaces(readModel, maxWorkspacePage);
  const members = new WorkspaceMembers({
    workspaces: reads,
    access: access.readModel,
    teams: access.teams,
    maxTake: maxWorkspaceUserPage,
  });
  const createWorkspace = new CreateWorkspace(unitOfWork, clock, config.limits.workspacesPerUser);
  const addUser = new AddWorkspaceUser(unitOfWork, access.roles, access.directory);
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
        upsertUserRole: new UpsertWorkspaceUserRole(unitOfWork, access.roles, access.directory),
        removeUser: new RemoveWorkspaceUser(unitOfWork, access.roles),
      }),
      new WorkspaceMembersResolver(members, maxWorkspaceUserPage),
      new WorkspaceTeamResolver({
        addTeam: new AddWorkspaceTeam(unitOfWork, access.roles, access.directory),
        updateTeamRole: new UpdateWorkspaceTeamRole(unitOfWork, access.roles),
        removeTeam: new RemoveWorkspaceTeam(unitOfWork, access.roles),
      }),
      new WorkspaceServiceAccountResolver(reads, access.serviceAccounts),
      new RoleBindingWorkspaceResolver(loaders),
    ],
  };
}
