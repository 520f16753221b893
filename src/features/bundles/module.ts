import { join } from "node:path";
import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { Clock } from "../../kernel/clock";
import { ClaimPlace, type InstallationReader } from "../installation";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import type { Archives } from "./app/archives";
import type { BundleStore } from "./app/bundle-store";
import { CheckBundle } from "./app/check-bundle";
import { CheckStore } from "./app/check-store";
import { CleanUpArchives } from "./app/clean-up-archives";
import { CompareBundles } from "./app/compare-bundles";
import type { BundleRecords } from "./app/ports";
import { RepairStore } from "./app/repair-store";
import { UnpackBundle } from "./app/unpack-bundle";
import { ReceiveBundle } from "./app/receive-bundle";
import { ArchiveThreads } from "./archive/archive-threads";
import { PatchThreads } from "./archive/patch-threads";
import { readArchivedFile } from "./archive/read-archived-file";
import { removeStaleSpools, spoolUpload } from "./archive/spool-upload";
import { unpackArchive } from "./archive/unpack-archive";
import { ArchiveRemovalsSql } from "./db/archive-removals";
import { BundleReadModelSql } from "./db/bundle-read-model";
import { BundleRecordsSql } from "./db/bundle-records";
import { FolderBundleStore } from "./stores/folder-bundle-store";
import { S3BundleStore } from "./stores/s3-bundle-store";

/** No upload takes that long. */
const STALE_AFTER_MS = 24 * 60 * 60_000;

export { DagArchiveFileRow, DagArchiveRemovalRow, DagArchiveRow, DagBundleRow } from "./db/bundle.rows";

export interface BundlesModuleOptions {
  readonly config: Pick<Config, "bundles" | "dataDir">;
  readonly dataSource: DataSource;
  readonly installation: InstallationReader;
  /** Connections of their own for transactions that wait for the store. */
  readonly backgroundSource: DataSource;
  readonly clock: Clock;
}

export function createBundlesModule({
  config,
  dataSource,
  backgroundSource,
  installation,
  clock,
}: BundlesModuleOptions) {
  const { maxUploadBytes, maxUnpackedBytes, maxFiles } = config.bundles;
  const spoolFolder = join(config.dataDir, "uploads");
  const limits = { maxUploadBytes, maxUnpackedBytes, maxFiles };
  const store = createStore(config);
  const threads = new ArchiveThreads();
  const patches = new PatchThreads();
  const archives: Archives = {
    spool: (upload) => spoolUpload(upload, { folder: spoolFolder, limits, threads }),
    unpack: (archive, folder) => unpackArchive(archive, folder, limits),
    readFile: readArchivedFile,
    patch: (texts) => patches.patch(texts),
  };
  const sql = sqlOf(dataSource);
  const removals = new ArchiveRemovalsSql(sql, createUnitOfWork(backgroundSource, sqlOf));
  const readModel = new BundleReadModelSql(sql);
  const check = new CheckBundle(store);
  const claim = new ClaimPlace({ marks: store.marks, installation });
  const cleanUp = new CleanUpArchives({ store, removals, claim, clock });
  return {
    store,
    readModel,
    check,
    cleanUp,
    limits,
    compare: new CompareBundles({ store, readModel, archives }),
    receive: new ReceiveBundle({ store, removals, readModel, clock, archives }),
    unpack: new UnpackBundle({ store, archives }),
    claim,
    checkStore: new CheckStore({ store, readModel, check }),
    repairStore: new RepairStore({ claim, removals, cleanUp, clock }),
    /** What processes that were killed have left of uploads on this machine. */
    removeStaleUploads: async (): Promise<void> => {
      await removeStaleSpools(spoolFolder, STALE_AFTER_MS);
      if (store instanceof FolderBundleStore) await store.removeLeftovers(STALE_AFTER_MS);
    },
    stop: async () => void (await Promise.all([threads.stop(), patches.stop()])),
    /** For the manager's transaction. */
    records: (manager: EntityManager): BundleRecords => new BundleRecordsSql(sqlOf(manager)),
  };
}

function createStore({ bundles, dataDir }: BundlesModuleOptions["config"]): BundleStore {
  if (bundles.store.kind === "folder") return new FolderBundleStore(join(dataDir, "bundles"));
  return new S3BundleStore(bundles.store);
}
