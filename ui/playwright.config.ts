import { defineConfig } from "@playwright/test";

/** Set by scripts/test-ui.mjs. */
const executablePath = process.env["CHROMIUM"];
/** File for the results as JSON, besides what is printed. */
const report = process.env["UI_TEST_REPORT"];

export default defineConfig({
  testDir: "e2e",
  outputDir: "../coverage/ui-test-results",
  globalSetup: "./e2e/start-service.ts",
  // One service, one history: the tests take turns.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ...(report === undefined ? [] : [["json", { outputFile: report }] as const])],
  use: {
    viewport: { width: 1280, height: 900 },
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
});
