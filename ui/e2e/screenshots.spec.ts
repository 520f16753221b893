import type { Page } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { deployButtons, dialog, expect, haveSession, test, url } from "./world";

/** Where `npm run screenshots` wants them. */
const folder = process.env["SCREENSHOTS"];
test.skip(folder === undefined, "made by npm run screenshots");

const SCREENS = {
  desktop: { width: 1280, height: 860 },
  phone: { width: 390, height: 844 },
} as const;

/** In both schemes and on both screens. Nothing moves the pointer's highlight into the picture. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(300);
      const file = `${name}-${colorScheme}${screen === "phone" ? "-phone" : ""}.png`;
      await page.screenshot({ path: join(__dirname, "../..", folder ?? "", file) });
    }
  }
  await page.setViewportSize(SCREENS.desktop);
}

test("screenshots of the history, the plan, and the finished rollback", async ({ page }) => {
  mkdirSync(join(__dirname, "../..", folder ?? ""), { recursive: true });
  await page.setViewportSize(SCREENS.desktop);
  await haveSession(page);
  await page.goto(url("/deployments/demo-analytics/history"));
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await deployButtons(page).first().waitFor();
  await shoot(page, "history");

  await page.goto(url("/deployments/demo-ingestion/history"));
  await deployButtons(page).first().click();
  const reason = dialog(page).getByLabel(/^Why are you/);
  await reason.fill("Refunds are counted twice since #7");
  await dialog(page).locator(".files button").first().click();
  await dialog(page).locator(".dif").first().waitFor();
  await dialog(page)
    .locator(".plan")
    .evaluate((plan) => plan.scrollTo(0, 0));
  await shoot(page, "rollback-plan");

  await reason.press("Control+Enter");
  await dialog(page).getByRole("heading", { name: "Rolled back" }).waitFor();
  await dialog(page).getByText("Revision 8 is deployed").waitFor();
  await shoot(page, "rollback-done");
});
