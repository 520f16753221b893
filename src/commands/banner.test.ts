import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../config";
import type { Demo } from "../demo/prepare-demo";
import { banner } from "./banner";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "retrograde-banner-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const bannerOf = (env: Record<string, string>, url = "http://127.0.0.1:8871"): Promise<string> => {
  const demo: Demo = {
    password: "shown-once",
    passwordFile: join(dataDir, "administrator-password"),
    deploymentId: null,
    passwordShown: async () => undefined,
  };
  return banner(loadConfig({ valuesFiles: [], env: { DATA_DIR: dataDir, ...env }, cwd: dataDir }).config, url, demo);
};

const OKTA = {
  AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
  AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: "id",
  AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: "https://okta.example.com",
};

test("by default it shows this machine, the password and a query", async () => {
  const text = await bannerOf({});
  expect(text).toMatch(/^ {2}Web client +http:\/\/localhost:8871\/$/m);
  expect(text).toMatch(/^ {2}API and explorer +http:\/\/localhost:8871\/v1$/m);
  expect(text).toMatch(/^ {2}Password +shown-once$/m);
  expect(text).toContain("curl -s http://localhost:8871/v1 -H");
  expect(text).not.toContain("On this machine");
});

test("it shows the public address, and the one that works on this machine", async () => {
  const text = await bannerOf({ PUBLIC_URL: "https://retrograde.example.com" });
  expect(text).toMatch(/^ {2}API and explorer +https:\/\/retrograde\.example\.com\/v1$/m);
  expect(text).toMatch(/^ {2}On this machine +http:\/\/localhost:8871\/v1$/m);
  expect(text).toContain("curl -s http://localhost:8871/v1 -H");
});

test.each([
  ["::1", "'http://[::1]:8871/v1'"],
  ["192.0.2.7", "http://192.0.2.7:8871/v1"],
])("on %s alone it shows that address", async (host, address) => {
  const text = await bannerOf({ HOST: host });
  expect(text).toContain(`curl -s ${address} -H`);
  expect(text).not.toContain("localhost");
});

test("without passwords it shows no password and no query that would be refused", async () => {
  const provider = await bannerOf({
    AUTH__LOCAL__ENABLED: "false",
    ...OKTA,
    PUBLIC_URL: "https://retrograde.example.com",
  });
  expect(provider).toMatch(
    /^ {2}Sign in +at https:\/\/retrograde\.example\.com\/token, with Okta; passwords are switched off$/m,
  );
  const nothing = await bannerOf({ AUTH__LOCAL__ENABLED: "false" });
  expect(nothing).toContain("nobody can: passwords are switched off (AUTH__LOCAL__ENABLED)");
  for (const text of [provider, nothing]) {
    expect(text).not.toContain("shown-once");
    expect(text).not.toContain("createToken");
  }
});
