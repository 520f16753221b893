import { configOf } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

/** To be run after the database was restored from a backup, and before the service starts. */
export async function restored(args: string[]): Promise<void> {
  const { values } = readOptions(args, VALUES_OPTION);
  const { epoch, deployments } = await withApp(configOf(values), ({ features }) => features.deploys.beginEpoch.execute());
  process.stdout.write(
    `Epoch ${epoch} has begun: this history replaces what releases hold of the one that was lost.\n` +
      `${deployments} ${deployments === 1 ? "Deployment" : "Deployments"} will be put back to the current revision as soon as the service runs.\n` +
      'Run "retrograde fsck" to see which DAG bundles the store lacks.\n',
  );
}
