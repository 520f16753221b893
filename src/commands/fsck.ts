import type { App } from "../composition/composition-root";
import { quoteHidden } from "../kernel/text";
import { withConfig } from "./database";
import { describePlan, describeReport } from "./fsck-report";
import { readOptions, UsageError, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

const DAMAGE_FOUND = 3;
const REPAIR_REFUSED = 4;

/**
 * Holds the records of DAG bundles against what is stored. Prints text, or one line of JSON with `--json`. With
 * `--repair` stored archives that no record needs are removed, after it was printed which; `--remove-most` allows that
 * most of a store goes. The exit code is 3 where a recorded bundle is missing or damaged, and 4 where the repair is
 * refused.
 */
export async function fsck(args: string[]): Promise<void> {
  const flag = { type: "boolean", default: false } as const;
  const options = readOptions(args, { ...VALUES_OPTION, repair: flag, "remove-most": flag, json: flag });
  const { repair, json, "remove-most": removeMost } = options;
  if (removeMost && !repair) throw new UsageError("--remove-most goes with --repair");
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const work = async ({ features: { bundles } }: App): Promise<void> => {
    const report = await bundles.checkStore.execute();
    const plan = await bundles.repairStore.plan(report, { removeMost });
    if (!json) print([...describeReport(report), ...describePlan(plan, { repair })].map(quoteHidden).join("\n"));
    const removed = repair ? await bundles.repairStore.carryOut(plan) : 0;
    if (json)
      print(
        JSON.stringify({
          ...report,
          repair: { removable: plan.remove.length, young: plan.young, refusal: plan.refusal, removed },
        }),
      );
    else if (repair && plan.refusal === null) print(`Removed ${removed}.`);
    if (report.damaged.length > 0) process.exitCode = DAMAGE_FOUND;
    if (repair && plan.refusal !== null && plan.remove.length > 0) process.exitCode = REPAIR_REFUSED;
  };
  await withConfig(options.values, (config) => withApp(config, work));
}
