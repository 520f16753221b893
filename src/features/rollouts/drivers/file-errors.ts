import { Unavailable } from "../../../kernel/errors";
import { fileOutage } from "../../../infrastructure/files/file-errors";

/**
 * The error as readers of the history may see it: paths are relative to the data folder, and a failure of the file
 * system that passes is an outage.
 */
export function presentable(error: unknown, dataDir: string): unknown {
  const { syscall, message } = error as Partial<NodeJS.ErrnoException>;
  if (typeof syscall !== "string" || message === undefined) return error;
  const words = message.replaceAll(`'${dataDir}/`, "'");
  const outage = fileOutage(error);
  if (outage === null) return new Error(words, { cause: error });
  return new Unavailable(`The data folder cannot be used at present (${outage.words}): ${words}`, { cause: error });
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
