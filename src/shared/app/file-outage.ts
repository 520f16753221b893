/** Failures of a file system that pass: a person frees space, mends rights or a mount, or other work ends. */
const PASSING: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EIO: "input/output error",
  ESTALE: "the mount is stale",
  ENODEV: "the device is gone",
  ENXIO: "the device is gone",
  ENOTCONN: "the mount is not connected",
  EHOSTDOWN: "the file server is down",
  ETIMEDOUT: "the file server does not answer",
  EBUSY: "the file is in use",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open on this machine",
};

/** Why the file system cannot be used at present, with the system's code; null if the error is of another kind. */
export function fileOutage(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  const words = typeof code === "string" && Object.hasOwn(PASSING, code) ? PASSING[code] : undefined;
  return words === undefined ? null : `${words}, ${String(code)}`;
}
