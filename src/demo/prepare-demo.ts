import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { createApp, type App } from "../composition-root";
import type { Config } from "../config";
import { FailingDriver } from "./failing-driver";
import { seedDemo } from "./seed-demo";

export const ADMINISTRATOR = "admin@example.com";
const DEMO_RELEASE = "demo-analytics";

export interface Demo {
  /** Only at the first start. */
  readonly password: string | null;
  readonly passwordFile: string;
  readonly deploymentId: string;
}

/**
 * An administrator and something to look at, in an installation that is for trying things out. The password
 * is on disk before the account exists, so a start that is cut off in between loses nothing: the next one
 * goes on with the same password.
 */
export async function prepareDemo(config: Config, databaseUrl: string): Promise<Demo> {
  const clock = { now: new Date().toISOString() };
  const app = await createApp({
    config: { ...config, workers: { ...config.workers, enabled: false } },
    databaseUrl,
    log: pino({ level: "silent" }),
    clock: () => clock.now,
    driver: (configured) => new FailingDriver(configured),
  });
  try {
    const passwordFile = join(config.dataDir, "administrator-password");
    const isFirst = !(await app.features.access.readModel.hasUsers());
    const password = isFirst ? await keptPassword(config.dataDir, passwordFile) : null;
    if (password !== null) {
      await app.features.access.createUser.execute({ actor: null, email: ADMINISTRATOR, password, fullName: "Administrator" });
    }
    const seeded = await app.features.deployments.readModel.findByReleaseName(DEMO_RELEASE);
    const deploymentId = seeded?.id ?? (await seedFor(app, clock, isFirst));
    return { password, passwordFile, deploymentId: deploymentId ?? "" };
  } finally {
    await app.stop();
  }
}

/** Only along with the administrator: whoever has deleted the demo does not want it back. */
async function seedFor(app: App, clock: { now: string }, isFirst: boolean): Promise<string | null> {
  return isFirst ? seedDemo(app, clock, { releaseName: DEMO_RELEASE, administrator: ADMINISTRATOR }) : null;
}

async function keptPassword(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.trim() !== "") return kept.trim();
  const password = randomBytes(12).toString("base64url");
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return password;
}
