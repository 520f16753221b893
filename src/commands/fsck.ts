import { withConfig } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

const DAMAGE_FOUND = 3;

/**
 * Holds the records of DAG bundles against what is stored. Prints one line of JSON; the exit code is 3 where a
 * recorded bundle is missing or damaged. With `--repair` stored bytes that no record needs are removed.
 */
export async function fsck(args: string[]): Promise<void> {
  const options = readOptions(args, { ...VALUES_OPTION, repair: { type: "boolean", default: false } });
  const report = await withConfig(options.values, (config) =>
    withApp(config, ({ features }) => features.bundles.checkStore.execute({ repair: options.repair })),
  );
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.damaged.length > 0) process.exitCode = DAMAGE_FOUND;
}
