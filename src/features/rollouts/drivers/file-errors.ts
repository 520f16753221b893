/** Whether the operating system refused for one of these reasons, e.g. "ENOENT". */
export function isFileError(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String((error as { code?: unknown } | null)?.code));
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
