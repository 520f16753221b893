import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { createApp } from "../composition/composition-root";
import type { Config } from "../config";
import { systemClock } from "../kernel/clock";
import { minusDays } from "../kernel/instant";
import type { DemoClock } from "./demo-clock";
import { DemoDriver } from "./demo-driver";
import { ANALYTICS, FAILURES } from "./demo-history";
import { seedDemo } from "./seed-demo";

export const ADMINISTRATOR = "admin@example.com";
/** The administrator was there before everything else. */
const ADMINISTRATOR_DAYS = 80;

export interface Demo {
  /** Null once it has been shown. */
  readonly password: string | null;
  /** Contains the password from then on, unless the file was deleted. */
  readonly passwordFile: string;
  /** Of the Deployment with the longest past; null if it is gone. */
  readonly deploymentId: string | null;
  passwordShown(): Promise<void>;
}

/**
 * An administrator and something to look at, in an installation that is for trying things out.
 *
 * The first user becomes SYSTEM_ADMIN, so the administrator comes first, and before that the password is on
 * disk, in a file named `….unseen` until the password has been shown. While it is there the first start
 * is not over: wherever one was cut off (also by a port that is taken), the next goes on with the same
 * password, completes the demo, and shows the password. Afterwards a demo that was deleted stays deleted.
 */
export async function prepareDemo({
  config,
  databaseUrl,
  log,
}: {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
}): Promise<Demo> {
  const passwordFile = join(config.dataDir, "administrator-password");
  const unseenFile = `${passwordFile}.unseen`;
  const today = systemClock();
  const clock: DemoClock = { now: today };
  const app = await createApp({
    config: { ...config, workers: { ...config.workers, enabled: false } },
    databaseUrl,
    log: pino({ level: "silent" }),
    clock: () => clock.now,
    driver: (configured) => new DemoDriver(configured, { clock, failures: FAILURES }),
  });
  try {
    await app.features.checkPlaces();
    if (!(await app.features.access.readModel.hasUsers())) {
      const password = await keepPassword(config.dataDir, unseenFile);
      clock.now = minusDays(today, ADMINISTRATOR_DAYS);
      await app.features.access.createUser.execute({
        actor: null,
        email: ADMINISTRATOR,
        password,
        fullName: "Administrator",
        inviteToken: app.features.access.firstAdministrator.secret,
      });
      clock.now = today;
    }
    const password = await readIfThere(unseenFile);
    if (password !== null) {
      log.info("making the demo …");
      // The settings may not allow a demo; the service starts without it.
      await seedDemo(app, clock, { administrator: ADMINISTRATOR }).catch((error: unknown) => {
        log.warn({ err: error }, "the demo could not be completed; everything else works");
      });
    }
    const deployment = await app.features.deployments.readModel.findByReleaseName(ANALYTICS.releaseName);
    return {
      password,
      passwordFile,
      deploymentId: deployment?.id ?? null,
      passwordShown: async () => (password === null ? undefined : rename(unseenFile, passwordFile)),
    };
  } finally {
    await app.stop();
  }
}

/** Whatever an earlier attempt has left there is not used yet. */
async function keepPassword(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const password = randomBytes(12).toString("base64url");
  await writeFile(file, `${password}\n`, { mode: 0o600, flush: true });
  return password;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
