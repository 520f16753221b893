import { join } from "node:path";
import type { UnpackBundle } from "../bundles";
import { BundleTrees } from "./app/bundle-trees";
import type { RolloutDriver } from "./app/rollout-driver";
import { FilesystemDriver } from "./drivers/filesystem-driver";

export interface RolloutsModuleOptions {
  readonly dataDir: string;
  readonly unpack: UnpackBundle;
}

export function createRolloutsModule({ dataDir, unpack }: RolloutsModuleOptions): { readonly driver: RolloutDriver } {
  return { driver: new FilesystemDriver(join(dataDir, "releases"), new BundleTrees(unpack)) };
}
