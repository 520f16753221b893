import type { LoadedConfig } from "./load-config";
import { nameSetting, sourceOf, type SettingSource } from "./setting-source";

/** The database is unreachable; the message names it. */
export class DatabaseUnreachable extends Error {}

type SystemError = NodeJS.ErrnoException & { readonly hostname?: string };

/**
 * Explains a system error at the start, and names the setting from which its path or address came. Any other error is
 * returned unchanged.
 */
export function explainStartError(error: unknown, { sources }: Pick<LoadedConfig, "sources">): unknown {
  const database = sourceOf(sources, "database.url");
  if (error instanceof DatabaseUnreachable && database?.value !== undefined) {
    return new Error(`${error.message}. Its address comes from ${nameSetting(database)}`, { cause: error });
  }
  if (!(error instanceof Error) || (error as SystemError).code === undefined) return error;
  const text = explainAddress(error, sources) ?? explainPath(error, sources);
  return text === undefined ? error : new Error(text, { cause: error });
}

function explainAddress(
  { code, syscall, hostname }: SystemError,
  sources: readonly SettingSource[],
): string | undefined {
  const [host, port] = [sourceOf(sources, "server.host"), sourceOf(sources, "server.port")];
  if (host === undefined || port === undefined) return undefined;
  if (syscall === "getaddrinfo" && hostname === host.value)
    return `The address to listen on, ${hostname}, is not known: change ${nameSetting(host)}`;
  if (syscall !== "listen") return undefined;
  if (code === "EADDRINUSE") return `Port ${port.value} is taken; choose another with ${nameSetting(port)}`;
  if (code === "EACCES")
    return `This user may not listen on port ${port.value}; choose one from 1024 up with ${nameSetting(port)}`;
  if (code === "EADDRNOTAVAIL")
    return `This machine does not have the address ${host.value}: change ${nameSetting(host)}`;
  return undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read or written by this user",
  EPERM: "may not be changed by this user",
  ENOTDIR: "is below something that is not a folder",
  EEXIST: "is there already, and is not a folder",
  EISDIR: "is a folder",
  EROFS: "is on a read-only file system",
  ENOSPC: "is on a file system without free space",
  EDQUOT: "is beyond this user's disk quota",
};

/** Finds the setting with the longest path that leads to the file. */
function explainPath({ code = "", path: file }: SystemError, sources: readonly SettingSource[]): string | undefined {
  const reason = REASONS[code];
  if (file === undefined || reason === undefined) return undefined;
  const leadsThere = ({ value }: SettingSource): boolean =>
    typeof value === "string" &&
    value.startsWith("/") &&
    value.length > 1 &&
    (file === value || file.startsWith(`${value}/`) || (code !== "ENOENT" && value.startsWith(`${file}/`)));
  const [source] = sources.filter(leadsThere).sort((a, b) => String(b.value).length - String(a.value).length);
  return source === undefined ? undefined : `${file} ${reason}: it comes from ${nameSetting(source)}`;
}
