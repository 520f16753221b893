import type { Page } from "@playwright/test";
import { axeFindings, deployButtons, dialog, expect, haveSession, test, url } from "./world";

/** Each opens a page and waits until all of it is there. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  Deployments: async (page) => {
    await page.goto(url("/"));
    await page.getByRole("link", { name: "Ingestion" }).waitFor();
  },
  Overview: async (page) => {
    await page.goto(url("/deployments/demo-ingestion"));
    await page.getByText("Latest deploys").waitFor();
    await page.getByText("Digest").waitFor();
  },
  "Deploy History": async (page) => {
    await page.goto(url("/deployments/demo-analytics/history"));
    await deployButtons(page).first().waitFor();
  },
  "details of a deploy": async (page) => {
    await page.goto(url("/deployments/demo-analytics/history"));
    await page.getByRole("button", { name: "Runtime 11.4.0" }).click();
    await page.getByText("Its log lines").waitFor();
  },
  "rollback plan": async (page) => {
    await page.goto(url("/deployments/demo-ingestion/history"));
    await deployButtons(page).first().click();
    await dialog(page).getByText("What changes").waitFor();
    const files = dialog(page).locator(".files button");
    if ((await files.count()) > 0) {
      await files.first().click();
      await dialog(page).locator(".dif").first().waitFor();
    }
  },
  Logs: async (page) => {
    await page.goto(url("/deployments/demo-analytics/logs"));
    await page.getByRole("log").waitFor();
  },
  Settings: async (page) => {
    await page.goto(url("/deployments/demo-analytics/settings"));
    await page
      .locator("#variables")
      .getByText(/^(\d+ variables?|None\.)$/)
      .waitFor();
  },
  Access: async (page) => {
    await page.goto(url("/deployments/demo-analytics/access"));
    await page.getByRole("form").first().waitFor();
  },
  "Audit trail": async (page) => {
    await page.goto(url("/system/audit"));
    await page
      .getByRole("button", { name: /^\w+\.\w+$/ })
      .first()
      .click();
    await page.getByText(/· request /).waitFor();
  },
  "Clean-up": async (page) => {
    await page.goto(url("/system/clean-up"));
    await page.getByLabel("Older than").fill("3650");
    await page.getByRole("button", { name: "See what would go" }).click();
    await page.getByText("Nothing is removed yet").waitFor();
  },
  "not found": async (page) => {
    await page.goto(url("/deployments/nothing-here"));
    await page.getByText("It does not exist, or you may not see it.").waitFor();
  },
};

test("the sign-in page has no finding", async ({ page }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(url("/sign-in"));
    await page.getByLabel("Password").waitFor();
    expect(await axeFindings(page)).toEqual([]);
  }
});

for (const [name, open] of Object.entries(PAGES)) {
  test(`${name}: axe finds nothing, in light and dark, on a desktop and a phone`, async ({ page }) => {
    await haveSession(page);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await open(page);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect({ width, colorScheme, found: await axeFindings(page) }).toEqual({ width, colorScheme, found: [] });
      }
    }
    for (const width of [390, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect({ width, scrolls }).toEqual({ width, scrolls: false });
    }
  });
}
