import { deployButtons, dialog, expect, haveSession, signIn, test, url } from "./world";

test("from a link to the history, over the sign-in, to a finished rollback", async ({ page, context }) => {
  const path = "/deployments/demo-ingestion/history";
  await signIn(page, path);
  await expect(page).toHaveURL(url(path));
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const others = await context.newPage();
  await others.goto(url(path));
  await expect(others.getByText("Running #7")).toBeVisible();

  await deployButtons(page).first().click();
  await expect(dialog(page).getByRole("heading", { name: "Roll back Ingestion to #6" })).toBeVisible();
  const confirm = dialog(page).getByRole("button", { name: "Roll back to #6" });
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  // It takes the click, and leads to what is missing.
  await confirm.click({ force: true });
  await expect(dialog(page).getByLabel("Why are you rolling back?")).toBeFocused();
  await dialog(page).locator(".files button").first().click();
  await expect(dialog(page).locator(".dif").first()).toContainText("run(");

  await dialog(page).getByLabel("Why are you rolling back?").fill("Refunds are counted twice");
  await confirm.click();
  await expect(dialog(page).getByRole("heading", { name: "Rolled back" })).toBeVisible();
  await expect(dialog(page).getByRole("log")).toContainText("Revision 8 is deployed");
  await dialog(page).getByRole("button", { name: "Done" }).click();

  await expect(page.getByText("Running #8")).toBeVisible();
  await expect(page.getByRole("button", { name: "Refunds are counted twice", exact: true })).toBeVisible();
  await expect(page).toHaveURL(url(path));
  // It came to the other window by itself, and the content that runs cannot be deployed again.
  await expect(others.getByText("Running #8")).toBeVisible();
  await expect(others.getByRole("button", { name: /^Deploy #6 again: not possible\. / })).toBeVisible();
});

test("by keyboard alone, back to what was left behind", async ({ page }) => {
  await haveSession(page);
  await page.goto(url("/deployments/demo-reporting/history"));
  await deployButtons(page).first().waitFor();
  for (const key of ["j", "j", "d"]) await page.keyboard.press(key);
  await expect(dialog(page).getByRole("heading", { name: "Roll back Reporting to #3" })).toBeVisible();
  await page.keyboard.type("The weekly report is empty");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByRole("heading", { name: "Rolled back" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByText("Running #5")).toBeVisible();
});

test("data loss takes a tick of its own", async ({ page }) => {
  await haveSession(page);
  await page.goto(url("/deployments/demo-analytics/history"));
  await page.getByRole("button", { name: "Deploy… #9 again" }).click();
  await expect(dialog(page).getByText("Data will be lost.")).toBeVisible();
  await dialog(page).getByLabel("Why are you rolling back?").fill("dbt 1.8 breaks revenue");
  const confirm = dialog(page).getByRole("button", { name: "Roll back to #9" });
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  await expect(dialog(page).getByText("Still needed: the tick")).toBeVisible();
  await dialog(page).getByText("I know that data is erased for good").click();
  await expect(confirm).toHaveAttribute("aria-disabled", "false");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Deploy… #9 again" })).toBeFocused();
});

test("where something was deployed meanwhile the new plan comes, and the reason stays", async ({ page, context }) => {
  await haveSession(page);
  const path = "/deployments/demo-ingestion/history";
  const others = await context.newPage();
  for (const window of [page, others]) {
    await window.goto(url(path));
    await window.getByRole("button", { name: "Deploy… #3 again" }).click();
    await dialog(window)
      .getByLabel(/^Why are you/)
      .fill("Orders are missing");
  }
  await dialog(others).getByRole("button", { name: "Roll back to #3" }).click();
  await expect(dialog(others).getByRole("heading", { name: "Rolled back" })).toBeVisible();

  await dialog(page).getByRole("button", { name: "Roll back to #3" }).click();
  await expect(dialog(page).getByText("Something was deployed meanwhile.")).toBeVisible();
  // What the plan is for runs by now, so it says why it is not possible any more.
  await expect(dialog(page).getByText("This is what runs.")).toBeVisible();
});

test("filters are in the address, and a reload shows the same", async ({ page }) => {
  await haveSession(page);
  await page.goto(url("/deployments/demo-analytics/history"));
  await page.getByRole("button", { name: "Status" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Failed" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("2 deploys")).toBeVisible();
  await expect(page).toHaveURL(url("/deployments/demo-analytics/history?status=FAILED"));
  await page.getByLabel("Description, tag or bundle").fill("pandas");
  await expect(page.getByText("1 deploy", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText("1 deploy", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Description, tag or bundle")).toHaveValue("pandas");
  await page.getByLabel("Description, tag or bundle").fill("nothing has this");
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(deployButtons(page).first()).toBeVisible();
});

test("the switch in the settings decides, and each line says why it cannot be deployed", async ({ page }) => {
  await haveSession(page);
  await page.goto(url("/deployments/demo-sandbox/history"));
  await expect(page.getByRole("button", { name: /^Deploy #1 again: not possible\. / })).toBeVisible();
  await page.goto(url("/deployments/demo-sandbox/settings"));
  await page.getByText("Off for this Deployment.").waitFor();
  await page.locator(".switch").click();
  await expect(page.getByText("Saved: Rollback Deploy is on.")).toBeVisible();
  await page.getByRole("link", { name: "Deploy History" }).click();
  await expect(page.getByRole("button", { name: "Deploy… #1 again" })).toBeVisible();
});

test("when the session ends one signs in on top of the page, and what was typed stays", async ({ page, context }) => {
  await signIn(page, "/deployments/demo-analytics/history");
  await deployButtons(page).first().click();
  await dialog(page)
    .getByLabel(/^Why are you/)
    .fill("Kept over the sign-in");
  await context.clearCookies();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "Please sign in again" })).toBeVisible();
  await page.getByLabel("Password").fill(process.env["UI_PASSWORD"] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Please sign in again" })).toHaveCount(0);
  await expect(dialog(page).getByLabel(/^Why are you/)).toHaveValue("Kept over the sign-in");
});

test("after signing out the pages are gone, and nothing of the session was ever within a script's reach", async ({
  page,
}) => {
  await signIn(page, "/deployments/demo-analytics");
  await page.getByText("Latest deploys").waitFor();
  const kept = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toMatch(/ey[A-Za-z0-9_-]{10,}/);
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.getByRole("button", { name: /your account$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByLabel("Password")).toBeVisible();
  await page.goto(url("/deployments/demo-analytics"));
  await expect(page.getByLabel("Password")).toBeVisible();
});
