import { fileOutage } from "../../../shared/app/file-outage";
import { Unavailable } from "../../../shared/domain/errors";

/** Whether the operating system refused for one of these reasons, e.g. "ENOENT". */
export function isFileError(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String((error as { code?: unknown } | null)?.code));
}

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
  return new Unavailable(`The data folder cannot be used at present (${outage}): ${words}`, { cause: error });
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the work finds, or null where there is nothing. Any other failure is thrown: it says nothing about what is there. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isFileError(error, "ENOENT")) return null;
    throw error;
  }
}
