// Runs the browser tests of the web client, or makes its screenshots: `npm run test:ui`, `npm run screenshots`.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ROOT } from "./stamp.mjs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const chromium = process.env.CHROMIUM || PLACES.find((path) => existsSync(path));
if (chromium === undefined) {
  process.stdout.write("The browser tests are skipped: there is no Chromium. Install it, or name one by CHROMIUM.\n");
} else {
  const cli = join(createRequire(join(ROOT, "ui/package.json")).resolve("@playwright/test/package.json"), "../cli.js");
  const args = [cli, "test", "--config", join(ROOT, "ui/playwright.config.ts"), ...process.argv.slice(2)];
  const env = { ...process.env, CHROMIUM: chromium };
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit", env });
  process.exit(status ?? 1);
}
