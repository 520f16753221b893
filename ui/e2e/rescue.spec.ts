import { deployed, dialog, expect, haveSession, test, url } from "./world";

test("the last known good by keyboard, then undone: the hold goes with it", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two", "three"]);
  await page.goto(url(`/deployments/${releaseName}/history`));
  await expect(page.getByRole("button", { name: "Roll back to #2…" })).toBeVisible();
  await page.keyboard.press("r");
  await expect(page).toHaveURL(url(`/deployments/${releaseName}/history?plan=last-known-good`));
  await expect(dialog(page).getByRole("checkbox", { name: /^Hold #3/ })).toBeChecked();
  await expect(dialog(page).getByText("Deploys of its image three are refused")).toBeVisible();
  await page.keyboard.type("Three is bad");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByRole("heading", { name: "Rolled back" })).toBeVisible();
  await expect(dialog(page).getByText("#3 is on hold.")).toBeVisible();

  await dialog(page).getByRole("button", { name: "Undo this rollback…" }).click();
  await expect(dialog(page).getByRole("heading", { name: /^Undo rollback #4 of / })).toBeVisible();
  await expect(dialog(page).getByText("Lifts the hold on #3.")).toBeVisible();
  await dialog(page).getByLabel("Why are you undoing it?").fill("It was not the image");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByRole("heading", { name: "Deployed again" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Running #5")).toBeVisible();
  await expect(page.getByText("On hold")).toHaveCount(0);
});

test("an undo that comes too late is refused in words, and what was typed stays", async ({ page, context }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two"]);
  const history = url(`/deployments/${releaseName}/history`);
  await page.goto(`${history}?plan=1`);
  await dialog(page).getByLabel("Why are you rolling back?").fill("Two is bad");
  await dialog(page).getByText("Hold #2").click();
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByRole("heading", { name: "Rolled back" })).toBeVisible();
  await dialog(page).getByRole("button", { name: "Undo this rollback…" }).click();
  const reason = dialog(page).getByLabel("Why are you undoing it?");
  await reason.fill("It was not the image");

  const other = await context.newPage();
  await other.goto(`${history}?plan=2`);
  await dialog(other).getByLabel("Why are you deploying it again?").fill("Back to two");
  await other.keyboard.press("Control+Enter");
  await expect(dialog(other).getByRole("heading", { name: "Deployed again" })).toBeVisible();

  await reason.press("Control+Enter");
  await expect(dialog(page).getByText("Refused.")).toBeVisible();
  await expect(dialog(page).getByText("came after rollback 3")).toBeVisible();
  await expect(reason).toHaveValue("It was not the image");
});

test("hold, pin and lift, on the line and in the settings", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two"]);
  await page.goto(url(`/deployments/${releaseName}/history`));
  await page.getByRole("button", { name: "Deploy of one" }).click();
  await page.getByRole("button", { name: "Pin: keep it, however old" }).click();
  await expect(page.getByText("Pinned", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Unpin" }).click();
  await expect(page.getByText("Pinned", { exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: "Put on hold…" }).click();
  const confirm = dialog(page).getByRole("button", { name: "Hold #1" });
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  await dialog(page).getByLabel("Why must it not be deployed again?").fill("It eats orders");
  await confirm.click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByText(/^On hold \(By Admin.*: It eats orders\)$/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Deploy #1 again: not possible\. / })).toBeVisible();

  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("“It eats orders”")).toBeVisible();
  await page.getByRole("button", { name: "Lift the hold…" }).click();
  await dialog(page).getByRole("button", { name: "Lift the hold" }).click();
  await expect(page.locator("#holds").getByText("None.")).toBeVisible();
  await page.getByRole("link", { name: "Deploy History" }).click();
  await expect(page.getByRole("button", { name: "Deploy… #1 again" })).toBeVisible();
});

test("Go to leads to the way back, and a number in the address is a target", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two"]);
  await page.goto(url("/"));
  await page.getByRole("link", { name: "Ingestion" }).waitFor();
  await page.keyboard.press("Control+k");
  await dialog(page).getByRole("combobox").fill(releaseName);
  await expect(dialog(page).getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page).getByRole("heading", { name: /^Roll back .* to #1$/ })).toBeVisible();
  await page.goto(url(`/deployments/${releaseName}/history?plan=77`));
  await expect(dialog(page).getByText("It does not exist, or you may not see it.")).toBeVisible();
});

test("without a last known good the plan says so", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one"]);
  await page.goto(url(`/deployments/${releaseName}/history`));
  await expect(page.getByRole("link", { name: "Roll back…" })).toBeVisible();
  await page.goto(url(`/deployments/${releaseName}/history?plan=last-known-good`));
  await expect(dialog(page).getByText("The plan could not be loaded.")).toBeVisible();
});
