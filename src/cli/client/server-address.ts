import { CliError, EXIT } from "./exit-codes";

const DEFAULT_PATH = "/v1";
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Returns the address of the API: as it is given, or with `/v1` where it has no path. @throws CliError */
export function apiAddress(given: string): string {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new CliError(`“${given}” is not a URL, such as https://houston.example.com`, EXIT.usage);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new CliError("The server's URL has to begin with https:// or http://", EXIT.usage);
  if (url.username !== "" || url.password !== "")
    throw new CliError("The server's URL must not hold a user name or password", EXIT.usage);
  if (url.pathname === "/") url.pathname = DEFAULT_PATH;
  url.search = "";
  url.hash = "";
  return url.href.replace(/\/$/, "");
}

/** Whether what is sent there can be read on the way. */
export const isReadableOnTheWay = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !LOOPBACK.test(hostname);
};
