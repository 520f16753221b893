import type { Logger } from "pino";
import type { App } from "../composition/composition-root";
import type { Config } from "../config";

/** Says how the first user becomes SYSTEM_ADMIN, for as long as there is none. A secret that was given is not printed. */
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
