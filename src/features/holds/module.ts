import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { Clock } from "../../kernel/clock";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import type { DeploymentStores } from "../deployments";
import { LiftQuarantine } from "./app/lift-quarantine";
import type { HoldSettings, HoldStore, HoldStores } from "./app/ports";
import { HoldReadModelSql, HoldStatements, HoldStoreSql } from "./db/hold-store";
import { holdLoaders } from "./graphql/hold.loaders";
import { DeploymentQuarantinesResolver, LiftQuarantineResolver } from "./graphql/quarantine.resolvers";

export { ContentHoldRow } from "./db/content-hold.row";

export interface HoldsModuleOptions {
  readonly config: Pick<Config, "deployments" | "limits">;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly deployments: { readonly stores: (manager: EntityManager) => DeploymentStores };
}

export function createHoldsModule({ config, dataSource, clock, deployments }: HoldsModuleOptions) {
  const statements = new HoldStatements(dataSource);
  const settings: HoldSettings = {
    serviceAccountsMayLift: config.deployments.rollback.serviceAccountsMayLiftQuarantines,
    maxHolds: config.limits.quarantinesPerDeployment,
  };
  const stores = (manager: EntityManager): HoldStore => new HoldStoreSql(manager, statements);
  const unitOfWork = createUnitOfWork(dataSource, (manager): HoldStores => ({
    ...deployments.stores(manager),
    holds: stores(manager),
  }));
  const readModel = new HoldReadModelSql(sqlOf(dataSource), statements);
  const loaders = holdLoaders(readModel);
  return {
    settings,
    stores,
    readModel,
    loaders,
    resolvers: [
      new LiftQuarantineResolver(new LiftQuarantine({ unitOfWork, settings, clock })),
      new DeploymentQuarantinesResolver({ loaders }),
    ],
  };
}
