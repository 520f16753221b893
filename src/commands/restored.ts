import type { App } from "../composition/composition-root";
import { withConfig } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

/**
 * To be run after the database was restored from a backup, and before the service starts. With `--take-over` this
 * installation also takes the place of another one in its folders and its store.
 */
export async function restored(args: string[]): Promise<void> {
  const options = readOptions(args, { ...VALUES_OPTION, "take-over": { type: "boolean", default: false } });
  const work = async ({ features }: App) => ({
    former: options["take-over"] ? await features.takePlacesOver() : [],
    ...(await features.rollouts.beginEpoch.execute()),
  });
  const { epoch, deployments, former } = await withConfig(options.values, (config) => withApp(config, work));
  process.stdout.write(
    `${former.length === 0 ? "" : `Taken over from the installations ${[...new Set(former)].join(", ")}.\n`}` +
      `Epoch ${epoch} has begun: this history replaces what releases hold of the one that was lost.\n` +
      `${deployments} ${deployments === 1 ? "Deployment" : "Deployments"} will be put back to the current revision as soon as the service runs.\n` +
      'Run "retrograde fsck" to see which DAG bundles the store lacks.\n',
  );
}
