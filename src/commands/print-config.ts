import { describeConfig, loadConfig } from "../config";
import { readOptions, VALUES_OPTION } from "./usage-error";

export async function printConfig(args: string[]): Promise<void> {
  const { values = [] } = readOptions(args, VALUES_OPTION);
  const loaded = loadConfig({ valuesFiles: values, env: process.env, cwd: process.cwd() });
  process.stdout.write(`${describeConfig(loaded)}\n`);
  for (const warning of loaded.warnings) process.stderr.write(`warning: ${warning}\n`);
}
