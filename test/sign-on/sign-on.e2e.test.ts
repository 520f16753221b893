import { ask, signUpAdmin } from "../builders/api";
import { Browser, passProvider, tokenOn } from "../builders/browser";
import { startTestApp, type TestApp } from "../world/app";
import { startIdentityProvider, type TestIdentityProvider } from "../world/identity-provider";

const ORIGIN = "https://houston.example.test";

let provider: TestIdentityProvider;
let world: TestApp;
beforeAll(async () => {
  provider = await startIdentityProvider({ redirectUris: [`${ORIGIN}/v1/oauth/callback/`] });
  world = await startTestApp({
    env: {
      PUBLIC_URL: ORIGIN,
      AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
      AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: provider.issuer,
      AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: provider.clientId,
      AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET: provider.clientSecret ?? "",
    },
  });
  await signUpAdmin(world);
});
afterAll(async () => {
  await world.close();
  await provider.stop();
});

test("somebody signs in, and gets a token that works", async () => {
  await provider.setPerson("alice", { email: "alice@example.com", email_verified: true, name: "Alice Liddell" });
  const browser = new Browser(world, ORIGIN);
  const page = await passProvider(browser, await browser.get("/v1/oauth/start?provider=okta"), "alice");
  expect(await ask(world, "{ workspaces { id } }", null, tokenOn(page))).toEqual({ workspaces: [] });
});
