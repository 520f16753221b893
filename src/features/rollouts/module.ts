import { join } from "node:path";
import { ClaimPlace, FolderMarks, type InstallationReader } from "../installation";
import type { UnpackBundle } from "../bundles";
import { BundleTrees } from "./app/bundle-trees";
import type { RolloutDriver } from "./app/rollout-driver";
import { FilesystemDriver } from "./drivers/filesystem-driver";

export interface RolloutsModuleOptions {
  readonly dataDir: string;
  readonly unpack: UnpackBundle;
  readonly installation: InstallationReader;
}

export interface RolloutsModule {
  readonly driver: RolloutDriver;
  /** Of the folder that the driver writes to. */
  readonly claim: ClaimPlace;
}

export function createRolloutsModule({ dataDir, unpack, installation }: RolloutsModuleOptions): RolloutsModule {
  const root = join(dataDir, "releases");
  return {
    driver: new FilesystemDriver(root, new BundleTrees(unpack)),
    claim: new ClaimPlace({ marks: new FolderMarks(root), installation }),
  };
}
