import type { Logger } from "pino";
import type { App } from "../composition/composition-root";
import type { Config } from "../config";

/**
 * While there is no user, prints how the first one becomes SYSTEM_ADMIN. A secret from the configuration is not
 * printed.
 */
export async function tellSetUp({ features }: App, { auth }: Config, log: Logger): Promise<void> {
  const { readModel, firstAdministrator } = features.access;
  if (await readModel.hasUsers()) return;
  if (auth.bootstrapToken !== undefined)
    log.warn("there is no user yet: the first becomes SYSTEM_ADMIN, by createUser with BOOTSTRAP_TOKEN as inviteToken");
  else
    log.warn(
      { inviteToken: firstAdministrator.secret, link: features.setUpLink() },
      "there is no user yet: the first becomes SYSTEM_ADMIN, at this link, or by createUser with this inviteToken",
    );
}
