import { COMMAND_LINE } from "../kernel/command-line-actor";
import { withConfig } from "./database";
import { readPassword } from "./read-password";
import { readOptions, UsageError, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

/** For whoever has lost the only password, beside a running service too. Ends the user's sessions. */
export async function setPassword(args: string[]): Promise<void> {
  const { values, user: identity = "" } = readOptions(args, { ...VALUES_OPTION, user: { type: "string" } });
  if (identity.trim() === "") throw new UsageError("--user takes a user name or an e-mail address");
  const user = await withConfig(values, async (config) => {
    const password = await readPassword();
    return withApp(config, ({ features }) =>
      features.access.passwords.reset({ actor: COMMAND_LINE, identity, password }),
    );
  });
  const status = user.status === "pending" ? " The account is still pending: verifyEmail lets it in." : "";
  process.stdout.write(`${user.username} has a new password, and all their sessions have ended.${status}\n`);
}
