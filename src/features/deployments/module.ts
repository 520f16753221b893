import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { Clock } from "../../shared/app/clock";
import type { UnitOfWork } from "../../shared/app/unit-of-work";
import { createUnitOfWork } from "../../shared/db/unit-of-work";
import { sqlOf } from "../../shared/db/data-source";
import type { Sql } from "../../shared/db/sql";
import { GraphileOutbox } from "../../shared/jobs/outbox";
import type { Actor } from "../../shared/domain/permissions";
import type { GraphqlContext } from "../../shared/graphql/context";
import type { AccessReadModel, AccessStores, ServiceAccounts } from "../access";
import type { LogLineWriter, LogSearch } from "../logs";
import type { RuntimeCatalogue } from "../platform";
import type { Workspace } from "../workspaces";
import type { WorkspaceLoaders } from "../workspaces/graphql";
import { CreateDeployment } from "./app/create-deployment";
import { DeleteDeployment } from "./app/delete-deployment";
import { DeploymentQueries } from "./app/deployment-queries";
import type { DeploymentStores } from "./app/ports";
import type { DeploymentRules } from "./app/rules";
import { SetRollbackSwitch } from "./app/set-rollback-switch";
import { UpdateDeployment } from "./app/update-deployment";
import { DeploymentReadModelSql } from "./db/deployment-read-model";
import { DeploymentStatements, DeploymentStoreSql, purgeDeployments } from "./db/deployment-store";
import { DeploymentLogResolver } from "./graphql/deployment-log.resolver";
import { DeploymentMutationResolver } from "./graphql/deployment-mutations.resolver";
import { DeploymentServiceAccountResolver } from "./graphql/deployment-service-accounts.resolver";
import { deploymentLoaders } from "./graphql/deployment.loaders";
import { DeploymentFieldResolver, DeploymentQueryResolver, RoleBindingDeploymentResolver } from "./graphql/deployment.resolvers";

export { DeploymentRow } from "./db/deployment.row";

export interface DeploymentsModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly catalogue: RuntimeCatalogue;
  readonly access: {
    readonly stores: (manager: EntityManager) => AccessStores;
    readonly readModel: AccessReadModel;
    readonly serviceAccounts: ServiceAccounts;
  };
  readonly logs: { writer(sql: Sql): LogLineWriter; readonly search: LogSearch };
  readonly workspaces: {
    readonly find: (actor: Actor, id: string) => Promise<Workspace>;
    readonly loaders: (context: GraphqlContext) => WorkspaceLoaders;
  };
}

export type DeploymentsModule = ReturnType<typeof createDeploymentsModule>;

export function createDeploymentsModule(options: DeploymentsModuleOptions) {
  const { config, dataSource, clock, catalogue, access, logs, workspaces } = options;
  const rules: DeploymentRules = { ...config.deployments, catalogue };
  const statements = new DeploymentStatements(dataSource);
  const stores = (manager: EntityManager): DeploymentStores => ({
    deployments: new DeploymentStoreSql(manager, statements),
    access: access.stores(manager),
    logs: logs.writer(sqlOf(manager)),
    outbox: new GraphileOutbox(sqlOf(manager)),
  });
  const unitOfWork = createUnitOfWork(dataSource, stores);
  const readModel = new DeploymentReadModelSql(dataSource);
  const queries = new DeploymentQueries({ readModel, findWorkspace: workspaces.find, logs: logs.search });
  /** Creating and changing in whatever transaction; that of another feature may hold more stores. */
  const createIn = <Tx extends DeploymentStores>(transactions: UnitOfWork<Tx>): CreateDeployment<Tx> =>
    new CreateDeployment({ unitOfWork: transactions, findWorkspace: workspaces.find, rules, clock });
  const updateIn = <Tx extends DeploymentStores>(transactions: UnitOfWork<Tx>): UpdateDeployment<Tx> =>
    new UpdateDeployment({ unitOfWork: transactions, rules, clock });
  const create = createIn(unitOfWork);
  const rollbackSwitch = new SetRollbackSwitch({ unitOfWork, clock });
  const loaders = deploymentLoaders(readModel, access.readModel);
  return {
    rules,
    stores,
    readModel,
    queries,
    create,
    createIn,
    updateIn,
    rollbackSwitch,
    loaders,
    /** Removes Deployments that were deleted before the instant, with their history. */
    purge: (deletedBefore: string) => purgeDeployments(dataSource.manager, deletedBefore),
    resolvers: [
      new DeploymentQueryResolver(queries),
      new DeploymentMutationResolver({
        create,
        update: updateIn(unitOfWork),
        delete: new DeleteDeployment({ unitOfWork, clock, hardDeleteDeployment: rules.hardDeleteDeployment }),
        rollbackSwitch,
      }),
      new DeploymentFieldResolver({
        catalogue,
        loaders,
        workspaceLoaders: workspaces.loaders,
        deploymentsHost: `${config.deployments.subdomain}.${config.server.baseDomain}`,
      }),
      new RoleBindingDeploymentResolver(loaders),
      new DeploymentLogResolver(queries),
      new DeploymentServiceAccountResolver(queries, access.serviceAccounts),
    ],
  };
}
