import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliError, EXIT } from "./exit-codes";
import { apiAddress } from "./server-address";

/** Where the API is, and the session token or API key that every request carries. */
export interface Credentials {
  readonly url: string;
  readonly token: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** By the XDG base directory specification. */
export const credentialsFile = (env: Environment, homeFolder: string): string =>
  join(env["XDG_CONFIG_HOME"] || join(homeFolder, ".config"), "retrograde", "credentials.json");

/**
 * The environment goes before the file. The file's token is for the file's server: another URL in the environment needs a token there
 * as well. @throws CliError
 */
export async function findCredentials(env: Environment, homeFolder: string): Promise<Credentials> {
  const url = env["RETROGRADE_URL"] ? apiAddress(env["RETROGRADE_URL"]) : undefined;
  const token = env["RETROGRADE_TOKEN"] || undefined;
  if (token !== undefined && !isSendable(token))
    throw new CliError(
      "RETROGRADE_TOKEN holds a space, a line break or another character that no token has",
      EXIT.usage,
    );
  if (url !== undefined && token !== undefined) return { url, token };
  const path = credentialsFile(env, homeFolder);
  const kept = await readCredentials(path);
  if (token !== undefined) {
    if (kept === null) throw new CliError("RETROGRADE_TOKEN is set, but not RETROGRADE_URL", EXIT.usage);
    return { url: kept.url, token };
  }
  if (kept === null)
    throw new CliError(
      'Sign in with "retrograde login URL", or set RETROGRADE_URL and RETROGRADE_TOKEN',
      EXIT.forbidden,
    );
  if (url !== undefined && url !== kept.url)
    throw new CliError(`You are signed in to ${kept.url}. For ${url} set RETROGRADE_TOKEN as well`, EXIT.forbidden);
  return kept;
}

async function readCredentials(path: string): Promise<Credentials | null> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== "win32" && (mode & OTHERS) !== 0)
      throw new CliError(`Others can read ${path}: run "chmod 600 ${path}", or sign in again`, EXIT.usage);
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    if (error instanceof CliError) throw error;
    throw new CliError(`${path} cannot be read: ${(error as Error).message}`, EXIT.failure, { cause: error });
  }
  const kept = parseCredentials(text);
  if (kept === null) throw new CliError(`${path} is damaged: sign in again`, EXIT.failure);
  return kept;
}

function parseCredentials(text: string): Credentials | null {
  try {
    const { url, token } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof url !== "string" || typeof token !== "string" || !isSendable(token)) return null;
    return { url: apiAddress(url), token };
  } catch {
    return null;
  }
}

/** Whether it can be sent in a header. */
export const isSendable = (token: string): boolean => /^[\x21-\x7e]+$/.test(token);

/** Writes the file in one step, so that a command beside this one reads the old or the new one. For its owner's eyes only. */
export async function keepCredentials(path: string, credentials: Credentials): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.${process.pid}`;
  try {
    const file = await open(next, "w", OWNER_ONLY);
    try {
      await file.writeFile(`${JSON.stringify(credentials, null, 2)}\n`);
    } finally {
      await file.close();
    }
    await chmod(next, OWNER_ONLY);
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw new CliError(`${path} cannot be written: ${(error as Error).message}`, EXIT.failure, { cause: error });
  }
}
