import type { Page } from "@playwright/test";
import { api, breakableSocket, changeAnswers, deploy, deployed, dialog, expect, haveSession, test, url } from "./world";

interface Run {
  deployRevision: { status: string; statusReason: string | null; finishedAt: string } | null;
}

/** Rolls the newest deploy back in the dialog, and makes the page see another end of it. */
async function rollBackTo(page: Page, status: string, statusReason: string): Promise<void> {
  const { releaseName } = await deployed(page, ["one", "two"]);
  await changeAnswers(page, "RevisionDetails", ({ deployRevision }: Run) => {
    if (deployRevision !== null) Object.assign(deployRevision, { status, statusReason });
  });
  await page.goto(url(`/deployments/${releaseName}/history?plan=1`));
  const reason = dialog(page).getByLabel("Why are you rolling back?");
  await reason.fill("Two is bad");
  await reason.press("Control+Enter");
}

test("a failed rollback names what still runs, and nothing in it is green", async ({ page }) => {
  await haveSession(page);
  await rollBackTo(page, "FAILED", "The scheduler does not start");
  await expect(dialog(page).getByRole("heading", { name: /^It failed; #\d still runs\.$/ })).toBeVisible();
  await expect(dialog(page).getByText("The scheduler does not start")).toBeVisible();
  await expect(dialog(page).locator(".final.bad")).toBeVisible();
  await expect(dialog(page).locator(".final:not(.bad)")).toHaveCount(0);
  for (const name of ["View log", "Choose another", "Try again"])
    await expect(dialog(page).getByText(name, { exact: true })).toBeVisible();
});

test("a superseded rollback says what came first", async ({ page }) => {
  await haveSession(page);
  await rollBackTo(page, "SUPERSEDED", "Revision 4 came before it was rolled out");
  await expect(dialog(page).getByRole("heading", { name: "#4 came before it was finished." })).toBeVisible();
  await expect(dialog(page).locator(".final.mute")).toBeVisible();
});

test("a rollback that somebody has stopped says so, and what still runs", async ({ page }) => {
  await haveSession(page);
  await rollBackTo(page, "SUPERSEDED", "Cancelled by admin: wrong one");
  await expect(dialog(page).getByRole("heading", { name: /^It was stopped; #\d still runs\.$/ })).toBeVisible();
});

test("a deploy that is under way can be stopped from its line", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two"]);
  interface Lines {
    deployRevisions: { nodes: { number: number; status: string; isCurrent: boolean }[] };
  }
  await changeAnswers(page, "History", ({ deployRevisions }: Lines) => {
    for (const line of deployRevisions.nodes)
      if (line.number === 2) Object.assign(line, { status: "INITIALIZED", isCurrent: false });
  });
  await page.goto(url(`/deployments/${releaseName}/history`));
  await page.getByRole("button", { name: "Stop… deploy #2" }).click();
  await dialog(page).getByLabel("Why do you stop it?").fill("Wrong branch");
  await dialog(page).getByRole("button", { name: "Stop #2" }).click();
  // It was finished all along, and the server says so.
  await expect(dialog(page).getByText("Refused.")).toBeVisible();
});

/** Every code that blocks, with the heading that stands above the server's words in the plan. */
const BLOCKERS: Readonly<Record<string, string>> = {
  ROLLBACK_DISABLED_FOR_INSTALLATION: "Rollback Deploy is off here.",
  ROLLBACK_DISABLED_FOR_DEPLOYMENT: "Rollback Deploy is off for this Deployment.",
  DAG_ONLY_DEPLOYMENT_DISABLED: "DAG-only deploys are off here.",
  UPDATE_IMAGE_ENDPOINT_DISABLED: "Updates of the image are off here.",
  PERMISSION_DENIED: "You can look, but not roll back.",
  TARGET_IS_CURRENT: "This is what runs.",
  TARGET_NOT_DEPLOYED: "#1 never ran.",
  TARGET_EXPIRED: "#1 is too old.",
  TARGET_QUARANTINED: "#1 is on hold.",
  RUNTIME_TOO_OLD: "Too old for rollbacks.",
  TARGET_RUNTIME_TOO_OLD: "Too old for rollbacks.",
  IMAGE_MISSING: "The image is gone.",
  DAG_BUNDLE_MISSING: "The DAG bundle is gone.",
  DAG_DEPLOYMENT_TYPE_UNSUPPORTED: "DAGs come from git or a volume.",
  TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED: "The DAGs of #1 came from git or a volume.",
};

test("each blocker's words stand on the line and, with its remedy, in the plan", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two"]);
  const blockers = Object.keys(BLOCKERS).map((code) => ({
    code,
    message: `Message of ${code}.`,
    remedy: `Remedy of ${code}.`,
  }));
  await changeAnswers(
    page,
    "History",
    ({ deployRevisions }: { deployRevisions: { nodes: { rollback: object }[] } }) => {
      for (const line of deployRevisions.nodes) line.rollback = { allowed: false, blockers };
    },
  );
  await changeAnswers(page, "Plan", ({ rollbackPlan }: { rollbackPlan: object }) => {
    Object.assign(rollbackPlan, { allowed: false, blockers });
  });
  await page.goto(url(`/deployments/${releaseName}/history`));
  const button = page.getByRole("button", { name: /^Deploy #1 again: not possible\. / });
  const name = (await button.getAttribute("aria-label")) ?? "";
  await button.hover();
  for (const { message, remedy } of blockers) {
    expect(name).toContain(`${message} ${remedy}`);
    await expect(page.locator(".tip")).toContainText(message);
  }
  await page.goto(url(`/deployments/${releaseName}/history?plan=1`));
  for (const { code, message, remedy } of blockers) {
    const note = dialog(page).locator(".note.bad").filter({ hasText: message });
    await expect(note).toContainText(BLOCKERS[code] ?? "");
    await expect(note).toContainText(remedy);
  }
  await expect(dialog(page).getByRole("button", { name: /^Roll back/ })).toHaveCount(0);
  await dialog(page).getByRole("button", { name: "Choose another" }).click();
  await expect(dialog(page)).toHaveCount(0);
});

test("a viewer sees the history, and why nothing can be deployed, stopped or held", async ({ page, browser }) => {
  await haveSession(page);
  const { id, releaseName, workspaceId } = await deployed(page, ["one", "two"]);
  const email = `viewer-${Date.now()}@example.com`;
  const password = "seen-but-not-touched-1";
  const created = await api<{ createUser: { invitation: { token: string } } }>(
    page,
    "mutation ($email: String!, $password: String!) { createUser(email: $email, password: $password) { invitation { token } } }",
    { email, password },
  );
  await api(
    page,
    "mutation ($email: String!, $inviteToken: String!, $password: String!) { createUser(email: $email, inviteToken: $inviteToken, password: $password) { user { id } } }",
    { email, password, inviteToken: created.createUser.invitation.token },
  );
  await api(
    page,
    `mutation ($workspaceUuid: Uuid!, $email: String!, $deploymentId: Id!) {
      workspaceAddUser(workspaceUuid: $workspaceUuid, email: $email, role: WORKSPACE_VIEWER) { id }
      deploymentAddUserRole(deploymentId: $deploymentId, email: $email, role: DEPLOYMENT_VIEWER) { id }
    }`,
    { workspaceUuid: workspaceId, email, deploymentId: id },
  );
  const theirs = await (await browser.newContext()).newPage();
  const answer = await theirs.request.post(url("/v1/session"), {
    data: { identity: email, password },
    headers: { "x-retrograde-client": "web" },
  });
  expect(answer.status()).toBe(204);
  await theirs.goto(url(`/deployments/${releaseName}/history`));
  await expect(
    theirs.getByRole("button", { name: /^Deploy #1 again: not possible\. .*deployment\.images\.push/ }),
  ).toBeVisible();
  await expect(
    theirs.getByRole("button", { name: /^Roll back to #1….*not possible.*deployment\.images\.push/ }),
  ).toBeVisible();
  await theirs.getByRole("button", { name: "Deploy of one" }).click();
  await expect(theirs.getByRole("button", { name: /^Put on hold….*deployment\.images\.push/ })).toBeVisible();
  await theirs.goto(url(`/deployments/${releaseName}/history?plan=1`));
  await expect(dialog(theirs).getByText("You can look, but not roll back.")).toBeVisible();
  await theirs.context().close();
});

test("what is deployed while the socket is cut is there when it is back", async ({ page }) => {
  await haveSession(page);
  const deployment = await deployed(page, ["one"]);
  const socket = await breakableSocket(page);
  await page.goto(url(`/deployments/${deployment.releaseName}/history`));
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await socket.cut();
  await expect(page.getByText(/^No live connection since \d\d:\d\d\.$/)).toBeVisible();
  for (const tag of ["two", "three", "four"]) await deploy(page, deployment, tag);
  await socket.mend();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  for (const tag of ["two", "three", "four"])
    await expect(page.getByRole("button", { name: `Deploy of ${tag}` })).toBeVisible();
  await expect(page.getByText("Running #4")).toBeVisible();
});

test("after a cut in which nothing happened nothing is asked for anew", async ({ page }) => {
  await haveSession(page);
  const { releaseName } = await deployed(page, ["one", "two"]);
  const socket = await breakableSocket(page);
  await page.goto(url(`/deployments/${releaseName}/history`));
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expect(page.getByText("Running #2")).toBeVisible();
  await page.waitForTimeout(1_000);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(/query (\w+)/.exec(request.postData() ?? "")?.[1] ?? ""));
  await socket.cut();
  await expect(page.getByText(/^No live connection since/)).toBeVisible();
  await socket.mend();
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.waitForTimeout(1_500);
  expect(asked.filter((name) => name.startsWith("History"))).toEqual([]);
});

test("two windows that confirm at once make one revision", async ({ page, context }) => {
  await haveSession(page);
  const deployment = await deployed(page, ["one", "two"]);
  const other = await context.newPage();
  const windows = [page, other];
  for (const window of windows) {
    await window.goto(url(`/deployments/${deployment.releaseName}/history?plan=1`));
    await dialog(window).getByLabel("Why are you rolling back?").fill("Two is bad");
  }
  await Promise.all(windows.map((window) => window.keyboard.press("Control+Enter")));
  const outcomes = /^(Rolled back|Something was deployed meanwhile\.|This is what runs\.)$/;
  for (const window of windows) await expect(dialog(window).getByText(outcomes).first()).toBeVisible();
  const { deployRevisions } = await api<{ deployRevisions: { totalCount: number } }>(
    page,
    "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { totalCount } }",
    { id: deployment.id },
  );
  expect(deployRevisions.totalCount).toBe(3);
});

test("a change by somebody else is on the page within 2 seconds after the API has answered it", async ({ page }) => {
  await haveSession(page);
  const deployment = await deployed(page, ["one"]);
  await page.goto(url(`/deployments/${deployment.releaseName}/history`));
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const took: number[] = [];
  for (const tag of ["two", "three", "four"]) {
    await deploy(page, deployment, tag, false);
    const answered = Date.now();
    await page.getByRole("button", { name: `Deploy of ${tag}` }).waitFor();
    took.push(Date.now() - answered);
    await expect(page.getByText(`Running #${took.length + 1}`)).toBeVisible();
  }
  // The best of three: other work of the machine only adds to it.
  expect(Math.min(...took)).toBeLessThan(2_000);
});
