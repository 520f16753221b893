import { describeConfig, loadConfig } from "../config";
import { readOptions, VALUES_OPTION } from "./usage-error";

export async function printConfig(args: string[]): Promise<void> {
  const { values = [] } = readOptions(args, VALUES_OPTION);
  process.stdout.write(
    `${describeConfig(loadConfig({ valuesFiles: values, env: process.env, cwd: process.cwd() }))}\n`,
  );
}
