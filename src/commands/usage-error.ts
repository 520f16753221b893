import { parseArgs, type ParseArgsConfig } from "node:util";

/** The command line is wrong. The message comes with the correct usage. */
export class UsageError extends Error {}

/** @throws UsageError */
export function readOptions<O extends NonNullable<ParseArgsConfig["options"]>>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export const VALUES_OPTION = { values: { type: "string", multiple: true } } as const;
