import { Api } from "../client/api";
import { credentialsFile, isSendable, keepCredentials } from "../client/credentials";
import { SIGN_IN, WHO_AM_I } from "../client/documents";
import { CliError, EXIT } from "../client/exit-codes";
import { apiAddress, isReadableOnTheWay } from "../client/server-address";
import { ask, readAll } from "../terminal/ask";
import { oneLine } from "../terminal/text";
import type { Context } from "./context";

export interface LoginOptions {
  readonly identity?: string;
  readonly token?: boolean;
}

/**
 * Signs in by password, or with a token or key that is pasted, and keeps it once the server has accepted it. What is secret is asked
 * for without an echo or read from stdin, and never taken from the command line, where other processes could read it.
 */
export async function login(context: Context, given: string | undefined, options: LoginOptions): Promise<void> {
  const { surroundings } = context;
  const address = given ?? surroundings.env["RETROGRADE_URL"];
  if (!address) throw new CliError("Name the server: retrograde login https://houston.example.com", EXIT.usage);
  const url = apiAddress(address);
  if (isReadableOnTheWay(url))
    context.tell(`Warning: ${url} is not encrypted; others may read the password and the token`);
  const token = await tokenFrom(context, url, options);
  if (!isSendable(token)) throw new CliError("That is no token", EXIT.usage);
  const { self } = await new Api(url, token).read<{
    self: { user: { username: string | null } | null; serviceAccount: { label: string | null } | null } | null;
  }>(WHO_AM_I, {});
  const path = credentialsFile(surroundings.env, surroundings.homeFolder);
  await keepCredentials(path, { url, token });
  const name = self?.user?.username ?? self?.serviceAccount?.label ?? "somebody without a name";
  context.tell(`Signed in to ${url} as ${oneLine(name)}; kept in ${path}`);
}

async function tokenFrom({ surroundings }: Context, url: string, { identity, token }: LoginOptions): Promise<string> {
  const isTerminal = surroundings.stdin.isTTY === true;
  const secret = (question: string): Promise<string> =>
    isTerminal ? ask(question, surroundings, { hidden: true }) : readAll(surroundings);
  if (token === true || (!isTerminal && identity === undefined))
    return (await secret("Session token or API key: ")).trim();
  const name = identity ?? (await ask("User name or e-mail address: ", surroundings)).trim();
  const password = await secret("Password: ");
  const { createToken } = await new Api(url, null).send<{ createToken: { token: { value: string } | null } | null }>(
    SIGN_IN,
    { identity: name, password },
    { retry: false },
  );
  const value = createToken?.token?.value;
  if (value === undefined) throw new CliError("The server has not begun a session", EXIT.forbidden);
  return value;
}
