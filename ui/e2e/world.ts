import { test as base, expect, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const ADMINISTRATOR = "admin@example.com";
export const url = (path: string): string => new URL(path, process.env["UI_URL"]).href;
const password = (): string => process.env["UI_PASSWORD"] ?? "";

/**
 * A page that is watched: the test fails on any breach of the content security policy, on any request to another host, and on any error that no
 * code has caught.
 */
export const test = base.extend<{ readonly problems: string[] }>({
  problems: [
    async ({ page }, use) => {
      const problems: string[] = [];
      await page.exposeFunction("reportViolation", (text: string) => problems.push(`policy: ${text}`));
      await page.addInitScript(() =>
        document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
          (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation(
            `${violatedDirective} ${blockedURI} ${sample}`,
          ),
        ),
      );
      page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
      page.on("request", (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol.startsWith("http") && origin !== new URL(url("/")).origin)
          problems.push(`request: ${request.url()}`);
      });
      await use(problems);
      await page.unrouteAll({ behavior: "ignoreErrors" });
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function signIn(page: Page, path = "/"): Promise<void> {
  await page.goto(url(path));
  await page.getByLabel("E-mail or user name").fill(ADMINISTRATOR);
  await page.getByLabel("Password").fill(password());
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Signs in without the page, where the sign-in is not what is tested. */
export async function haveSession(page: Page): Promise<void> {
  const answer = await page.request.post(url("/v1/session"), {
    data: { identity: ADMINISTRATOR, password: password() },
    headers: { "x-retrograde-client": "web" },
  });
  expect(answer.status()).toBe(204);
}

/** Returns what axe finds, one line each; none is what is wanted. Injected as text: the policy holds for the page's own scripts only. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly html: string }[];
    }
    const { axe } = globalThis as unknown as {
      axe: { run: (root: Document, options: object) => Promise<{ violations: readonly Violation[] }> };
    };
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  }, AXE_TAGS);
}

export const deployButtons = (page: Page) => page.getByRole("button", { name: /^Deploy… #\d+ again$/ });
export const dialog = (page: Page) => page.getByRole("dialog");

interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly { readonly message: string }[];
}

/** Asks the API with the session of the page, past the page. */
export async function api<Data>(page: Page, query: string, variables: object = {}): Promise<Data> {
  const response = await page.request.post(url("/v1"), {
    data: { query, variables },
    headers: { "x-retrograde-client": "web" },
  });
  const { data, errors } = (await response.json()) as Answer<Data>;
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join("; "));
  return data;
}

export interface Deployed {
  readonly id: string;
  readonly releaseName: string;
  readonly workspaceId: string;
}

let made = 0;

/** Makes a Deployment with its rollback switch on, in a Workspace of its own, and deploys one image after the other. */
export async function deployed(page: Page, tags: readonly string[]): Promise<Deployed> {
  const label = `Made ${++made} at ${Date.now()}`;
  const { createWorkspace } = await api<{ createWorkspace: { id: string } }>(
    page,
    "mutation ($label: String!) { createWorkspace(label: $label) { id } }",
    { label },
  );
  const { createDeployment } = await api<{ createDeployment: { id: string; releaseName: string } }>(
    page,
    `mutation ($workspaceUuid: Uuid!, $label: String!) {
      createDeployment(workspaceUuid: $workspaceUuid, label: $label, runtimeVersion: "11.4.0") { id releaseName }
    }`,
    { workspaceUuid: createWorkspace.id, label },
  );
  const deployment = { ...createDeployment, workspaceId: createWorkspace.id };
  await api(page, "mutation ($id: Uuid!) { updateDeploymentRollback(deploymentUuid: $id, enabled: true) { id } }", {
    id: deployment.id,
  });
  for (const tag of tags) await deploy(page, deployment, tag);
  return deployment;
}

/** Deploys an image, and waits until it runs unless told otherwise. */
export async function deploy(page: Page, { id, releaseName }: Deployed, tag: string, waits = true): Promise<void> {
  await api(
    page,
    `mutation ($releaseName: String!, $image: String!, $description: String!) {
      updateDeploymentImage(releaseName: $releaseName, image: $image, runtimeVersion: "11.4.0", description: $description) { id }
    }`,
    { releaseName, image: `registry.example.com/team/airflow:${tag}`, description: `Deploy of ${tag}` },
  );
  if (!waits) return;
  await expect(async () => {
    const { deployment } = await api<{ deployment: { currentRevision: { imageTag: string } | null } }>(
      page,
      "query ($id: String!) { deployment(where: { id: $id }) { currentRevision { imageTag } } }",
      { id },
    );
    expect(deployment.currentRevision?.imageTag).toBe(tag);
  }).toPass();
}

/** Changes what the service answers to one operation, such as "Plan", before the page sees it. */
export async function changeAnswers(page: Page, operation: string, change: (data: never) => void): Promise<void> {
  await page.route(url("/v1"), async (route) => {
    const body = route.request().postData() ?? "";
    if (!new RegExp(`(query|mutation) ${operation}\\b`).test(body)) return route.fallback();
    const response = await route.fetch();
    const answer = (await response.json()) as { data?: never };
    if (answer.data !== undefined) change(answer.data);
    await route.fulfill({ response, json: answer });
  });
}

/** Cuts the page's WebSockets, lets new ones fail, and takes them again. Has to be called before the page is opened. */
export async function breakableSocket(
  page: Page,
): Promise<{ readonly cut: () => Promise<void>; readonly mend: () => Promise<void> }> {
  await page.addInitScript(() => {
    const open = new Set<WebSocket>();
    let refuses = false;
    globalThis.WebSocket = class extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        open.add(this);
        if (refuses) this.close(4000);
      }
    };
    addEventListener("test-cut", () => {
      refuses = true;
      for (const socket of open) socket.close(4000);
      open.clear();
    });
    addEventListener("test-mend", () => (refuses = false));
  });
  const tell = (name: string) => page.evaluate((event) => void dispatchEvent(new Event(event)), name);
  return { cut: () => tell("test-cut"), mend: () => tell("test-mend") };
}
