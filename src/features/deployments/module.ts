import DataLoader from "dataloader";
import type { FastifyInstance } from "fastify";
import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { AccessWatch } from "../../kernel/access-watch";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import type { SecretBox } from "../../kernel/secret-box";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import type { Sql } from "../../infrastructure/postgres/sql";
import { GraphileOutbox } from "../../infrastructure/jobs/outbox";
import type { Actor } from "../../kernel/permissions";
import { byId } from "../../infrastructure/graphql/batching";
import type { GraphqlContext } from "../../infrastructure/graphql/context";
import type {
  AccessReadModel,
  AccessStores,
  CurrentActors,
  Directory,
  RolePermissions,
  ServiceAccounts,
  TeamReadModel,
  TeamStores,
} from "../access";
import type { LogLineWriter, LogSearch, LogTails } from "../logs";
import type { AirflowImages, RuntimeCatalogue } from "../runtimes";
import type { Workspace } from "../workspaces";
import type { WorkspaceLoaders } from "../workspaces/graphql";
import { AuthorizeIngress } from "./app/authorize-ingress";
import { CreateDeployment } from "./app/create-deployment";
import { DeleteDeployment } from "./app/delete-deployment";
import { DeploymentMembers } from "./app/deployment-members";
import { DeploymentQueries } from "./app/deployment-queries";
import { DeploymentTeamRoles } from "./app/deployment-team-roles";
import { DeploymentUserRoles } from "./app/deployment-user-roles";
import { FollowLogs } from "./app/follow-logs";
import { SealStoredSecrets } from "./app/seal-stored-secrets";
import type { DeploymentStores } from "./app/ports";
import type { DeploymentRules } from "./app/rules";
import { RestoreDeployment } from "./app/restore-deployment";
import { SetRollbackSwitch } from "./app/set-rollback-switch";
import { UpdateDeployment } from "./app/update-deployment";
import type { Deployment } from "./domain/deployment";
import { openSecrets, type DeploymentSecrets } from "./domain/secrets";
import { DeploymentReadModelSql } from "./db/deployment-read-model";
import {
  DeploymentStatements,
  DeletedDeploymentsSql,
  DeploymentStoreSql,
  purgeDeployments,
} from "./db/deployment-store";
import { StoredSecretsSql } from "./db/stored-secrets";
import { ingressCheckRoutes } from "./http/ingress-check-routes";
import { DeploymentLogResolver } from "./graphql/deployment-log.resolver";
import { DeploymentMutationResolver } from "./graphql/deployment-mutations.resolver";
import { DeploymentServiceAccountResolver } from "./graphql/deployment-service-accounts.resolver";
import { DeploymentTeamsResolver } from "./graphql/deployment-teams.resolver";
import { DeploymentUsersResolver } from "./graphql/deployment-users.resolver";
import { deploymentLoaders } from "./graphql/deployment.loaders";
import { DeploymentVariablesResolver } from "./graphql/deployment-variables.resolver";
import { NamespaceResolver } from "./graphql/namespace.resolver";
import {
  DeploymentFieldResolver,
  DeploymentQueryResolver,
  RoleBindingDeploymentResolver,
} from "./graphql/deployment.resolvers";
import { RestoreDeploymentResolver } from "./graphql/restore-deployment.resolver";

export { DeploymentRow } from "./db/deployment.row";
export { FormerReleaseNameRow } from "./db/former-release-name.row";

export interface DeploymentsModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  /** Connections for deletions in bulk. */
  readonly backgroundSource: DataSource;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly clock: Clock;
  readonly catalogue: RuntimeCatalogue;
  readonly airflowImages: AirflowImages;
  /** Where Deployments are reached from outside; asked for at each answer. */
  readonly publicUrl: () => string;
  readonly secrets: SecretBox;
  readonly access: {
    readonly stores: (manager: EntityManager) => AccessStores;
    readonly teamStores: (manager: EntityManager) => TeamStores;
    readonly actors: (manager: EntityManager) => CurrentActors;
    readonly readModel: AccessReadModel;
    readonly teams: TeamReadModel;
    readonly roles: RolePermissions;
    readonly directory: Directory;
    readonly serviceAccounts: ServiceAccounts;
    readonly watch: AccessWatch;
  };
  readonly logs: { writer(sql: Sql): LogLineWriter; readonly search: LogSearch; readonly tails: LogTails };
  readonly workspaces: {
    readonly find: (actor: Actor, id: string) => Promise<Workspace>;
    readonly loaders: (context: GraphqlContext) => WorkspaceLoaders;
  };
}

export function createDeploymentsModule(options: DeploymentsModuleOptions) {
  const {
    config,
    dataSource,
    backgroundSource,
    audit,
    clock,
    catalogue,
    airflowImages,
    publicUrl,
    secrets,
    access,
    logs,
    workspaces,
  } = options;
  const rules: DeploymentRules = {
    ...config.deployments,
    deploymentsPerWorkspace: config.limits.deploymentsPerWorkspace,
    catalogue,
    airflowImages,
  };
  const sealStored = new SealStoredSecrets({
    secrets: new StoredSecretsSql(sqlOf(dataSource)),
    box: secrets,
  });
  const statements = new DeploymentStatements(dataSource);
  const stores = (manager: EntityManager): DeploymentStores => ({
    deployments: new DeploymentStoreSql(manager, statements),
    access: access.stores(manager),
    actors: access.actors(manager),
    teams: access.teamStores(manager),
    audit: audit(manager),
    logs: logs.writer(sqlOf(manager)),
    outbox: new GraphileOutbox(sqlOf(manager)),
  });
  const unitOfWork = createUnitOfWork(dataSource, stores);
  const readModel = new DeploymentReadModelSql(dataSource);
  const queries = new DeploymentQueries({
    readModel,
    findWorkspace: workspaces.find,
    logs: logs.search,
    namespaces: rules,
  });
  // One statement for all followers of logs: after a change of access all of them ask at the same time.
  const current = new DataLoader(
    async (ids: readonly string[]) => byId(ids, await readModel.findMany([...new Set(ids)])),
    { cache: false },
  );
  const followLogs = new FollowLogs({ find: (id) => current.load(id), tails: logs.tails, watch: access.watch, clock });
  /** Creates and changes Deployments in the caller's transaction, which may belong to another feature. */
  const createIn = <Tx extends DeploymentStores>(transactions: UnitOfWork<Tx>): CreateDeployment<Tx> =>
    new CreateDeployment({
      unitOfWork: transactions,
      findWorkspace: workspaces.find,
      roles: access.roles,
      rules,
      secrets,
      clock,
    });
  const updateIn = <Tx extends DeploymentStores>(transactions: UnitOfWork<Tx>): UpdateDeployment<Tx> =>
    new UpdateDeployment({ unitOfWork: transactions, rules, secrets, clock });
  const create = createIn(unitOfWork);
  const members = new DeploymentMembers({ deployments: readModel, access: access.readModel, teams: access.teams });
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
    routes(app: FastifyInstance, authenticate: (header: string | undefined, address: string) => Promise<Actor>): void {
      ingressCheckRoutes(app, {
        endpoint: config.server.endpoint,
        urlHeader: config.deployments.ingressCheckHeader,
        authenticate,
        admit: new AuthorizeIngress(readModel),
      });
    },
    /**
     * Encrypts every secret that is not encrypted with the first key. @throws PlainSecretsFound if there is no key and
     * something to encrypt
     */
    sealSecrets: () => sealStored.execute(),
    /** Decrypts a Deployment's secrets, for what runs it. @throws SecretUnreadable */
    secretsOf: (deployment: Deployment): DeploymentSecrets => openSecrets(deployment, secrets.of(deployment.id).open),
    /** Removes Deployments that were deleted before the instant, with their history. */
    purge: (deletedBefore: string) => purgeDeployments(backgroundSource.manager, deletedBefore),
    resolvers: [
      new DeploymentQueryResolver(queries),
      new DeploymentMutationResolver({
        create,
        update: updateIn(unitOfWork),
        delete: new DeleteDeployment({ unitOfWork, clock, hardDeleteDeployment: rules.hardDeleteDeployment }),
        rollbackSwitch,
      }),
      new RestoreDeploymentResolver(
        new RestoreDeployment({
          unitOfWork,
          deleted: new DeletedDeploymentsSql(sqlOf(dataSource)),
          findWorkspace: workspaces.find,
          clock,
          retentionDays: config.deployments.softDeletedRetentionDays,
          maxPerWorkspace: rules.deploymentsPerWorkspace,
        }),
      ),
      new DeploymentFieldResolver({
        catalogue,
        loaders,
        workspaceLoaders: workspaces.loaders,
        publicUrl,
      }),
      new RoleBindingDeploymentResolver(loaders),
      new DeploymentLogResolver(queries, followLogs),
      new NamespaceResolver(queries),
      new DeploymentVariablesResolver(queries),
      new DeploymentUsersResolver(members, new DeploymentUserRoles(unitOfWork, access.roles, access.directory)),
      new DeploymentTeamsResolver(members, new DeploymentTeamRoles(unitOfWork, access.roles, access.directory)),
      new DeploymentServiceAccountResolver(queries, access.serviceAccounts),
    ],
  };
}
