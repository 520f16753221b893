import { withConfig } from "./database";
import { readOptions, UsageError, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

/**
 * Called nightly by the platform's CronJob, as `cleanup-deploy-revisions -- --older-than=90`. Prints one line of JSON.
 */
export async function cleanUpDeployRevisions(args: string[]): Promise<void> {
  const options = readOptions(args, {
    ...VALUES_OPTION,
    "older-than": { type: "string" },
    "dry-run": { type: "boolean", default: false },
  });
  const olderThan = options["older-than"];
  if (olderThan !== undefined && !/^\d{1,5}$/.test(olderThan))
    throw new UsageError("--older-than takes a number of days");
  const result = await withConfig(options.values, (config) =>
    withApp(config, ({ features }) =>
      features.deploys.cleanUp.execute({
        olderThanDays: olderThan === undefined ? undefined : Number(olderThan),
        dryRun: options["dry-run"],
      }),
    ),
  );
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
