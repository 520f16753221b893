import { deployed, expect, haveSession, test, url } from "./world";

test("roles are given, changed and taken away; who has no account gets an invitation", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, []);
  const email = `invited-${Date.now()}@example.com`;
  await page.goto(url(`/deployments/${releaseName}/access`));
  const form = page.getByRole("form", { name: /^Add to Roles on / });
  await form.getByLabel("E-mail").fill(email);
  await form.getByRole("button", { name: "Add" }).click();
  await form.getByRole("button", { name: "Invite them" }).click();
  await expect(page.locator(".once .mono")).toContainText("http");
  await expect(page.getByText("It works once, until")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();

  const role = page.getByLabel(`Role of ${email}`);
  await expect(role).toHaveValue("DEPLOYMENT_VIEWER");
  await role.selectOption("DEPLOYMENT_EDITOR");
  await page.reload();
  await expect(role).toHaveValue("DEPLOYMENT_EDITOR");
  await page.getByRole("button", { name: `Remove… ${email}` }).click();
  await page.getByRole("button", { name: `Really remove ${email}` }).click();
  await expect(role).toHaveCount(0);

  await form.getByRole("button", { name: "Service account" }).click();
  await form.getByLabel("Name of the service account").fill("ci");
  await form.getByRole("button", { name: "Add" }).click();
  await expect(page.getByText("The key of ci.")).toBeVisible();
  await expect(page.getByLabel("Role of ci")).toBeVisible();
});

test("a refusal stands on the line: the last administrator of a Workspace stays", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, []);
  await page.goto(url(`/deployments/${releaseName}/access`));
  const workspace = page.getByRole("region", { name: /^Roles in / });
  await workspace.getByRole("button", { name: /^Remove… / }).click();
  await workspace.getByRole("button", { name: /^Really remove / }).click();
  await expect(workspace.getByText("Refused.")).toBeVisible();
  await expect(workspace.getByLabel(/^Role of /)).toHaveValue("WORKSPACE_ADMIN");
});

test("the audit trail is filtered in the address and exported; the clean-up counts before it removes", async ({
  page,
}) => {
  await haveSession(page);
  await deployed(page, ["one"]);
  await page.goto(url("/"));
  await page.getByRole("button", { name: /your account$/ }).click();
  await page.getByRole("menuitem", { name: "System" }).click();
  await expect(page).toHaveURL(url("/system/audit"));
  await page.getByLabel("Action, such as deploy_revision").fill("deployment");
  await expect(page).toHaveURL(url("/system/audit?action=deployment"));
  await page.getByRole("button", { name: "deployment.create" }).first().click();
  await expect(page.getByText(/· request /)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("audit.ndjson");

  await page.getByRole("link", { name: "Clean-up" }).click();
  await page.getByLabel("Older than").fill("3650");
  await page.getByRole("button", { name: "See what would go" }).click();
  await expect(page.getByText("0 deploys and 0 DAG bundles would go")).toBeVisible();
  await expect(page.getByRole("button", { name: "Remove them" })).toHaveCount(0);
});

test("where nobody has an account, the sign-in makes the first administrator", async ({ page }) => {
  await page.route(url("/v1"), async (route) => {
    const body = route.request().postData() ?? "";
    if (!body.includes("query AuthConfig")) return route.fallback();
    const response = await route.fetch();
    const answer = (await response.json()) as { data: { authConfig: { initialSignup: boolean } } };
    answer.data.authConfig.initialSignup = true;
    await route.fulfill({ response, json: answer });
  });
  await page.goto(url("/sign-in"));
  await expect(page.getByRole("heading", { name: "Create the first administrator" })).toBeVisible();
  await page.getByRole("button", { name: "Create the account and sign in" }).click();
  await expect(page.getByText("Enter the secret, your e-mail address and a password.")).toBeVisible();
  await page.getByLabel("Secret").fill("wrong");
  await page.getByLabel("E-mail").fill(`first-${Date.now()}@example.com`);
  await page.getByLabel(/^Password/).fill("long-enough-1");
  await page.getByRole("button", { name: "Create the account and sign in" }).click();
  await expect(page.getByText("Refused.")).toBeVisible();
});

test("two thumbs of the timeline choose the days, with the keyboard too", async ({ page }) => {
  await haveSession(page);
  await page.goto(url("/deployments/demo-analytics/history"));
  const from = page.getByRole("slider", { name: /^From / });
  await from.focus();
  await page.keyboard.press("End");
  for (let day = 0; day < 5; day++) await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/\?from=\d{4}-\d\d-\d\d$/);
  await expect(page.getByRole("button", { name: /^\d{4}-\d\d-\d\d – today$/ })).toBeVisible();
  await page.keyboard.press("Home");
  await expect(page).toHaveURL(url("/deployments/demo-analytics/history"));
});
