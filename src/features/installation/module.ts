import { hostname } from "node:os";
import type { DataSource, EntityManager } from "typeorm";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import { CheckPlaces } from "./app/check-places";
import type { InstallationReader, InstallationStore } from "./app/ports";
import { InstallationStoreSql } from "./db/installation-store";
import { PlacesSeenSql } from "./db/places-seen";

export { InstallationPlaceRow } from "./db/installation-place.row";
export { InstallationRow } from "./db/installation.row";

export interface InstallationModule {
  readonly reader: InstallationReader;
  readonly checkPlaces: CheckPlaces;
  /** For the manager's transaction. */
  readonly stores: (manager: EntityManager) => InstallationStore;
}

export function createInstallationModule({ dataSource }: { readonly dataSource: DataSource }): InstallationModule {
  return {
    reader: new InstallationStoreSql(sqlOf(dataSource)),
    checkPlaces: new CheckPlaces({ seen: new PlacesSeenSql(sqlOf(dataSource)), host: hostname() }),
    stores: (manager) => new InstallationStoreSql(sqlOf(manager)),
  };
}
