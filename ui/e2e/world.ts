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
