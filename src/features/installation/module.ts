import type { DataSource, EntityManager } from "typeorm";
import { sqlOf } from "../../shared/db/data-source";
import type { InstallationReader, InstallationStore } from "./app/ports";
import { InstallationStoreSql } from "./db/installation-store";

export { InstallationRow } from "./db/installation.row";

export interface InstallationModule {
  readonly reader: InstallationReader;
  /** For the transaction that the manager stands for. */
  readonly stores: (manager: EntityManager) => InstallationStore;
}

export function createInstallationModule({ dataSource }: { readonly dataSource: DataSource }): InstallationModule {
  return {
    reader: new InstallationStoreSql(sqlOf(dataSource)),
    stores: (manager) => new InstallationStoreSql(sqlOf(manager)),
  };
}
