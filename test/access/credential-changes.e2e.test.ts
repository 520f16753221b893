import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { FailedLogins } from "../../src/features/access/db/failed-logins";
import { OpenIdProvider } from "../../src/features/sign-on/oidc/open-id-provider";
import { ask, signUpAdmin, uniqueName } from "../builders/api";
import { Browser, passProvider, tokenOn } from "../builders/browser";
import { SELF, SET_PASSWORD, SIGN_IN } from "../builders/user-operations";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type Answer, type TestApp } from "../world/app";
import { startIdentityProvider, type TestIdentityProvider } from "../world/identity-provider";

const ORIGIN = "http://localhost:8871";
const PASSWORD = "correct horse";
const CHANGED = "battery staple";

let provider: TestIdentityProvider;
let world: TestApp;
let admin: string;
let user: Person;
beforeAll(async () => {
  provider = await startIdentityProvider({ redirectUris: [`${ORIGIN}/v1/oauth/callback/`] });
  world = await startTestApp({
    env: {
      PUBLIC_URL: ORIGIN,
      AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ADDRESS: "1000",
      AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ACCOUNT: "1000",
      AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
      AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: provider.issuer,
      AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: provider.clientId,
      AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET: provider.clientSecret ?? "",
    },
  });
  admin = await signUpAdmin(world);
});
afterAll(async () => {
  await world.close();
  await provider.stop();
});
beforeEach(async () => {
  user = await person(world, admin);
});
afterEach(() => jest.restoreAllMocks());

const outcomeOf = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? "OK";
const setPassword = (password = CHANGED): Promise<unknown> =>
  ask(world, SET_PASSWORD, { userUuid: user.id, password }, admin);
const signIn = (password = PASSWORD) => world.send(SIGN_IN, { identity: user.email, password });
const lives = async (token: string): Promise<boolean> => outcomeOf(await world.send(SELF, null, token)) === "OK";
const claimsOf = (token: string): { readonly iat: number } =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { iat: number };

/** Holds sign-ins whose password was found right, until they are let go. */
function holdSignIns(): { readonly held: () => number; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let held = 0;
  const succeeded = async (): Promise<void> => {
    held += 1;
    await gate;
  };
  jest.spyOn(FailedLogins.prototype, "signIn").mockResolvedValue({ succeeded });
  return { held: () => held, letGo };
}

const untilHeld = async (held: () => number, count: number): Promise<void> => {
  while (held() < count) await sleep(10);
};

describe("a password that is replaced", () => {
  test("leaves no session to the sign-ins by the old one that are under way", async () => {
    const { held, letGo } = holdSignIns();
    const browser = new Browser(world, ORIGIN);
    const page = browser.post("/token", { identity: user.email, password: PASSWORD });
    const answers = Promise.all(Array.from({ length: 5 }, () => signIn()));
    await untilHeld(held, 6);
    await setPassword();
    letGo();
    for (const answer of await answers) expect(outcomeOf(answer)).toBe("UNAUTHENTICATED");
    expect((await page).status).toBe(401);
    expect(browser.cookies()).toEqual([]);
  });

  test("leaves none to sign-ins that read it while the change was being committed", async () => {
    const other = new Client({ connectionString: world.database.url });
    await other.connect();
    try {
      const hash = await anotherHash();
      await other.query("BEGIN");
      await other.query("UPDATE app_user SET password_hash = $2, sessions_from = now() WHERE id = $1", [user.id, hash]);
      const answering = signIn();
      await sleep(500);
      await other.query("COMMIT");
      expect(outcomeOf(await answering)).toBe("UNAUTHENTICATED");
    } finally {
      await other.end();
    }
  });

  test("and came back to what it was ends the sessions that were being begun", async () => {
    const { held, letGo } = holdSignIns();
    const answering = signIn();
    await untilHeld(held, 1);
    // The same hash again, so that only the dates tell.
    await world.database.sql.query("UPDATE app_user SET sessions_from = now() WHERE id = $1", [user.id]);
    letGo();
    const { data } = await answering;
    expect(await lives(data.createToken.token.value)).toBe(false);
  });

  test("lets sign-ins by the new one live", async () => {
    await setPassword();
    const { data } = await signIn(CHANGED);
    expect(await lives(data.createToken.token.value)).toBe(true);
  });

  const anotherHash = async (): Promise<string> => {
    const other = await person(world, admin);
    const [row] = await world.database.sql.query<{ hash: string }>(
      "SELECT password_hash AS hash FROM app_user WHERE id = $1",
      [other.id],
    );
    return row?.hash ?? "";
  };
});

test("a token to take away is dated as the browser's session, and ends with it", async () => {
  const browser = new Browser(world, ORIGIN);
  await browser.post("/token", { identity: user.email, password: PASSWORD });
  await sleep(20);
  const token = tokenOn(await browser.get("/token"));
  expect(claimsOf(token).iat).toBe(claimsOf(browser.cookie("session") ?? "").iat);
});

test("a sign-in through a provider that was under way ends with a change of the credentials", async () => {
  const subject = uniqueName("subject");
  await provider.setPerson(subject, { email: user.email, email_verified: true });
  const first = new Browser(world, ORIGIN);
  await passProvider(first, await first.get("/v1/oauth/start?provider=okta"), subject);
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to the provider below
  const original = OpenIdProvider.prototype.finish;
  jest.spyOn(OpenIdProvider.prototype, "finish").mockImplementation(async function (
    this: OpenIdProvider,
    ...given: Parameters<OpenIdProvider["finish"]>
  ) {
    const found = await original.apply(this, given);
    await setPassword();
    return found;
  });
  const browser = new Browser(world, ORIGIN);
  await passProvider(browser, await browser.get("/v1/oauth/start?provider=okta"), subject);
  expect(await lives(browser.cookie("session") ?? "")).toBe(false);
});
