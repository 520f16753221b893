import { join } from "node:path";
import type { RolloutDriver } from "./app/rollout-driver";
import { FilesystemDriver } from "./drivers/filesystem-driver";

export function createRolloutsModule({ dataDir }: { readonly dataDir: string }): { readonly driver: RolloutDriver } {
  return { driver: new FilesystemDriver(join(dataDir, "releases")) };
}
