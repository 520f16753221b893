import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { loadConfig } from "../../src/config";
import { programPath } from "../world/reverse-proxies";
import { ApiClient, ServiceProcess } from "../world/service-process";
import { blocksOf, looksLike, oneLine, pages, ROOT, type Block } from "./blocks";
import { PasteShell } from "./paste-shell";

/** What a page takes from the text around its blocks. */
const BEFORE: Readonly<Record<string, string>> = {
  "docs/astro-cli.md": `
    ID=$(ask '{ deployment(where: {releaseName: "demo-ingestion"}) { id } }' | value id)
    KEY=$(ask "mutation { createDeploymentServiceAccount(deploymentUuid: \\"$ID\\", label: \\"ci\\", role: DEPLOYMENT_EDITOR) { apiKey } }" | value apiKey)`,
};

/** How long an answer may take to become what the page shows, where "a moment later" is meant. */
const MOMENT_MS = 20_000;

const all = pages().flatMap((page) => blocksOf(page));
const blocks = all.filter(({ notRun, language }) => notRun === null && language !== "mermaid");

/** One service with the demo, as `npm start` makes it, in a folder that looks like a clone in which it was started. */
let folder: string;
let service: ServiceProcess;
let shell: PasteShell;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retrograde-guides-"));
  service = ServiceProcess.run(["serve"], { PORT: "0", DATA_DIR: join(folder, "data") });
  url = await service.ready();
  shell = new PasteShell(folder);
});
afterAll(async () => {
  await shell?.close();
  await service?.end();
  rmSync(folder, { recursive: true, force: true });
});

const here = (text: string): string => text.replaceAll(/https?:\/\/(localhost:8871|houston\.example\.com)/g, url);

// One block builds on the one before, so none can be run a second time.
jest.retryTimes(0);

const started = new Set<string>();

async function runShell({ page, text, answer }: Block): Promise<void> {
  const before = BEFORE[page];
  if (before !== undefined && !started.has(page)) expect((await shell.paste(here(before))).failed).toBe("");
  started.add(page);
  const pasted = await shell.paste(here(text));
  expect(pasted.failed).toBe("");
  expect(pasted.output).not.toContain('"errors"');
  if (answer === null) return;
  let { output } = pasted;
  // What only reads is asked again, as a reader would who comes a moment later.
  for (const end = Date.now() + MOMENT_MS; !text.includes("mutation") && Date.now() < end; await sleep(100)) {
    if (looksLike(answer).test(oneLine(output))) break;
    ({ output } = await shell.paste(here(text)));
  }
  expect(oneLine(output)).toMatch(looksLike(answer));
}

async function askGraphql({ text }: Block): Promise<void> {
  const password = readFileSync(join(folder, "data", "administrator-password"), "utf8").trim();
  const signIn =
    'mutation ($password: String!) { createToken(identity: "admin@example.com", password: $password) { token { value } } }';
  const { createToken } = await new ApiClient(url).ask(signIn, { password });
  await new ApiClient(url, createToken.token.value).ask(text);
}

/** A values file is taken without a warning: of a key that is not known, of one without effect. */
function loadValues(text: string): void {
  const file = join(folder, "values.yaml");
  writeFileSync(file, text);
  const { warnings } = loadConfig({ valuesFiles: [file], env: {}, cwd: folder });
  expect(warnings).toEqual([]);
}

/** Rules for Prometheus name metrics that there are; some appear with Elasticsearch only, so the source is what counts. */
function findMetrics(text: string): void {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.ts$/.test(file),
  );
  const source = files.map((file) => readFileSync(join(ROOT, "src", file), "utf8")).join("");
  const patterns = [...source.matchAll(/["`](retrograde_[\w${}]+)["`]/g)].map(
    ([, name = ""]) => new RegExp(`^${name.replace(/\$\{\w+\}/g, "[a-z]+")}(_count|_bucket|_sum)?$`),
  );
  const named = [...new Set(text.match(/retrograde_\w+/g))];
  expect(named.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
}

/** The configuration of a registry has the names that the service's own has, and addresses that it serves. */
async function compareRegistry(text: string): Promise<void> {
  const { auth, notifications } = parse(text) as {
    auth: { token: { realm: string; service: string; issuer: string } };
    notifications: { endpoints: [{ url: string }] };
  };
  const { config } = loadConfig({ valuesFiles: [], env: {}, cwd: folder });
  expect(auth.token).toMatchObject({ service: config.registry.service, issuer: config.registry.issuer });
  const events = await fetch(`${url}${new URL(notifications.endpoints[0].url).pathname}`, { method: "POST" });
  const token = await fetch(`${url}${new URL(auth.token.realm).pathname}`);
  expect([events.status, token.status]).not.toContain(404);
}

async function checkYaml({ text }: Block): Promise<void> {
  const top = Object.keys(parse(text, { uniqueKeys: false }) as object);
  if (top.some((key) => ["astronomer", "global"].includes(key))) loadValues(text);
  else if (top.includes("groups")) findMetrics(text);
  else if (top.includes("notifications")) await compareRegistry(text);
  else throw new Error("no test knows what this YAML is");
}

function checkCaddyfile({ text }: Block): void {
  const caddy = programPath("caddy");
  if (caddy === null) return;
  const file = join(folder, "Caddyfile");
  writeFileSync(file, text);
  const { status, stderr } = spawnSync(caddy, ["validate", "--config", file, "--adapter", "caddyfile"], {
    env: { PATH: process.env["PATH"], HOME: folder },
    encoding: "utf8",
  });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
}

function run(block: Block): Promise<void> | void {
  switch (block.language) {
    case "sh":
      return runShell(block);
    case "graphql":
      return askGraphql(block);
    case "yaml":
      return checkYaml(block);
    case "":
      if (/^[\w., -]+\{$/m.test(block.text)) return checkCaddyfile(block);
  }
  throw new Error("no test runs this block: mark it with <!-- not run: why --> if it cannot run here");
}

test.each(blocks.map((block) => [block.name, block] as const))("%s does what it says", async (_name, block) => {
  await run(block);
});

test("whatever does not run says why", () => {
  for (const { name, notRun } of all) if (notRun !== null) expect([name, notRun.length > 10]).toEqual([name, true]);
  expect(blocks.length).toBeGreaterThan(20);
});

test("pictures are only where a test compares them", () => {
  expect(new Set(all.filter(({ language }) => language === "mermaid").map(({ page }) => page))).toEqual(
    new Set(["docs/architecture.md"]),
  );
});
