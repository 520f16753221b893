/** Whether the error has one of these system codes, e.g. "ENOENT". */
export function isFileError(error: unknown, ...codes: string[]): boolean {
  return codes.includes(String((error as { code?: unknown } | null)?.code));
}

/**
 * Returns the result of `work`, or null if the file or folder is missing. Any other failure is thrown, since it does
 * not show whether the file exists.
 */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isFileError(error, "ENOENT")) return null;
    throw error;
  }
}

export interface FileOutage {
  readonly kind: "full" | "not writable" | "unusable";
  /** A description with the system's code. */
  readonly words: string;
}

/**
 * Temporary failures of a file system: they end when space is freed, rights or a mount are repaired, or other work
 * ends.
 */
const PASSING: Readonly<Record<string, FileOutage>> = {
  ENOSPC: { kind: "full", words: "no space is left on the disk" },
  EDQUOT: { kind: "full", words: "the disk quota is used up" },
  EROFS: { kind: "not writable", words: "the file system is read-only" },
  EACCES: { kind: "not writable", words: "permission denied" },
  EPERM: { kind: "not writable", words: "operation not permitted" },
  EIO: { kind: "unusable", words: "input/output error" },
  ESTALE: { kind: "unusable", words: "the mount is stale" },
  ENODEV: { kind: "unusable", words: "the device is gone" },
  ENXIO: { kind: "unusable", words: "the device is gone" },
  ENOTCONN: { kind: "unusable", words: "the mount is not connected" },
  EHOSTDOWN: { kind: "unusable", words: "the file server is down" },
  ETIMEDOUT: { kind: "unusable", words: "the file server does not answer" },
  EBUSY: { kind: "unusable", words: "the file is in use" },
  EMFILE: { kind: "unusable", words: "too many files are open" },
  ENFILE: { kind: "unusable", words: "too many files are open on this machine" },
};

/** Why the file system cannot be used at present; null if the error is of another kind. */
export function fileOutage(error: unknown): FileOutage | null {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === "string" && Object.hasOwn(PASSING, code) ? PASSING[code] : undefined;
  return known === undefined ? null : { kind: known.kind, words: `${known.words}, ${String(code)}` };
}
