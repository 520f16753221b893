import { loadConfig } from "../../src/config";
import { banner } from "../../src/commands/banner";
import { startTestApp, type TestApp } from "../world/app";

const ENDPOINT = "/houston/v1";

let world: TestApp;
beforeAll(async () => {
  world = await startTestApp({ env: { WEBSERVER__ENDPOINT: ENDPOINT } });
});
afterAll(() => world.close());

const page = (url: string) => world.app.server.app.inject({ url, headers: { accept: "text/html" } });

test("every path beside the endpoint moves with it", async () => {
  await world.app.server.app.ready();
  const { app } = world.app.server;
  for (const path of ["healthz", "readyz", "explorer/explorer.js", "registry/authorization", "audit/export"])
    expect([path, app.hasRoute({ method: "GET", url: `${ENDPOINT}/${path}` })]).toEqual([path, true]);
  expect(app.printRoutes({ commonPrefix: false }).replace(ENDPOINT.slice(1), "")).not.toMatch(/\bv1\b/);
});

test.each([ENDPOINT, `${ENDPOINT}/token`])("the page at %s loads what it names", async (url) => {
  const { statusCode, body } = await page(url);
  expect(statusCode).toBe(200);
  const assets = [...body.matchAll(/(?:src|href|action)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");
  expect(assets.length).toBeGreaterThan(1);
  for (const asset of assets) expect([asset, (await page(asset)).statusCode]).toEqual([asset, 200]);
});

test("the banner names the paths that there are", async () => {
  const { config } = loadConfig({ valuesFiles: [], env: { WEBSERVER__ENDPOINT: ENDPOINT }, cwd: world.dataDir });
  const demo = { password: "x", passwordFile: "x", deploymentId: null, passwordShown: async () => undefined };
  const text = await banner(config, "http://127.0.0.1:8871", demo);
  expect(text).toContain(`http://localhost:8871${ENDPOINT}/readyz`);
  expect(text.replaceAll(ENDPOINT, "")).not.toContain("/v1");
});
