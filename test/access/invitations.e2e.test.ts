import { ask, askInVain, bindRole, serviceAccountWith, signUpAdmin, uniqueName, userWith } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { Browser, tokenOn } from "../builders/browser";
import { SELF, SET_PASSWORD, SIGN_IN, USERS, VERIFY_EMAIL } from "../builders/user-operations";
import { outcomes, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type Answer, type TestApp } from "../world/app";

const ORIGIN = "http://localhost:8871";
const PASSWORD = "correct horse";
const CREATE_USER = `mutation ($email: String!, $password: String!, $username: String, $inviteToken: String) {
  createUser(email: $email, password: $password, username: $username, inviteToken: $inviteToken) {
    user { id username status emails { address verified } roleBindings { role } } token { value }
    invitation { token url expiresAt } } }`;

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({ env: { PUBLIC_URL: ORIGIN, AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ADDRESS: "1000" } });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const newAddress = (): string => `${uniqueName("invited")}@example.com`;
const outcomeOf = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? "OK";
const signIn = (email: string, password = PASSWORD) => world.send(SIGN_IN, { identity: email, password });

interface Invited {
  readonly email: string;
  readonly user: { readonly id: string; readonly status: string };
  readonly token: null;
  readonly invitation: { readonly token: string; readonly url: string; readonly expiresAt: string };
}

async function invite(email = newAddress(), more: object = {}): Promise<Invited> {
  const { createUser } = await ask(world, CREATE_USER, { email, password: "of the inviter", ...more }, admin);
  return { email, ...createUser };
}

const accept = ({ email, invitation }: Invited, more: object = {}) =>
  world.send(CREATE_USER, { email, password: PASSWORD, inviteToken: invitation.token, ...more });

test("an inviter gets an invitation, and neither a session nor a password of the account", async () => {
  const { email, user, token, invitation } = await invite();
  expect({ user, token }).toMatchObject({
    user: { status: "pending", emails: [{ address: email, verified: true }] },
    token: null,
  });
  expect(Date.parse(invitation.expiresAt) - Date.now()).toBeGreaterThan(6 * 24 * 3_600_000);
  expect(outcomeOf(await signIn(email, "of the inviter"))).toBe("UNAUTHENTICATED");
  expect(outcomeOf(await world.send(SELF, null, invitation.token))).toBe("UNAUTHENTICATED");
  const kept = JSON.stringify(await world.database.sql.query("SELECT * FROM invitation"));
  expect(kept).not.toContain(invitation.token);
});

test("the invited person sets the password once, and has the roles that were given meanwhile", async () => {
  const invited = await invite();
  await bindRole(world, invited.user.id, "SYSTEM_VIEWER");
  const username = uniqueName("ada");
  const { data, headers } = await accept(invited, { username, email: ` ${invited.email.toUpperCase()} ` });
  expect(data.createUser).toMatchObject({
    user: { id: invited.user.id, username, status: "active", roleBindings: [{ role: "SYSTEM_VIEWER" }] },
    invitation: null,
  });
  expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
    { action: "user.accept_invitation", actorId: invited.user.id, objectId: invited.user.id, objectLabel: username },
  ]);
  await ask(world, SELF, null, data.createUser.token.value);
  expect(outcomeOf(await signIn(invited.email))).toBe("OK");
  const again = { email: invited.email, password: "another horse", inviteToken: invited.invitation.token };
  expect(await refusedWithoutTrace(world, CREATE_USER, again)).toMatchObject({
    code: "BAD_USER_INPUT",
    extensions: { argument: "inviteToken" },
  });
});

test("many acceptances at once are one", async () => {
  const invited = await invite();
  expect(await outcomes([1, 2, 3, 4].map(() => accept(invited)))).toEqual({ OK: 1, BAD_USER_INPUT: 3 });
});

test.each<[string, (invited: Invited, other: Invited) => Record<string, unknown>]>([
  ["another's address", (_invited, { email }) => ({ email })],
  ["an address without an account", () => ({ email: newAddress() })],
  ["another token", () => ({ inviteToken: "x".repeat(43) })],
  ["another's token", (_invited, { invitation }) => ({ inviteToken: invitation.token })],
  ["a password that is too short", () => ({ password: "short" })],
  ["no address", () => ({ email: "nobody" })],
])("with %s is refused, and stays open", async (_name, change) => {
  const [invited, other] = [await invite(), await invite()];
  const given = { email: invited.email, password: PASSWORD, inviteToken: invited.invitation.token };
  const refusal = await refusedWithoutTrace(world, CREATE_USER, { ...given, ...change(invited, other) });
  expect(refusal.code).toBe("BAD_USER_INPUT");
  expect(outcomeOf(await accept(invited))).toBe("OK");
});

test("an invitation that is too old is refused", async () => {
  const invited = await invite();
  await world.database.sql.query("UPDATE invitation SET expires_at = now() - interval '1 s' WHERE user_id = $1", [
    invited.user.id,
  ]);
  expect(outcomeOf(await accept(invited))).toBe("BAD_USER_INPUT");
});

test("a user name that is taken is refused, and the invitation stays open", async () => {
  const invited = await invite();
  const username = uniqueName("taken");
  await invite(newAddress(), { username });
  expect(outcomeOf(await accept(invited, { username }))).toBe("CONFLICT");
  expect(outcomeOf(await accept(invited))).toBe("OK");
});

test("a second invitation takes the place of the first", async () => {
  const first = await invite();
  const given = { email: first.email, password: "of the inviter" };
  const { data, headers } = await world.send(CREATE_USER, given, admin);
  const second: Invited = { email: first.email, ...data.createUser };
  expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
    { action: "user.invite", objectId: first.user.id, details: { status: "pending" } },
  ]);
  expect(second.user.id).toBe(first.user.id);
  expect(outcomeOf(await accept(first))).toBe("BAD_USER_INPUT");
  expect(outcomeOf(await accept(second))).toBe("OK");
});

test("a password that an administrator sets ends the invitation", async () => {
  const invited = await invite();
  await ask(world, SET_PASSWORD, { userUuid: invited.user.id, password: "battery staple" }, admin);
  expect(outcomeOf(await accept(invited))).toBe("BAD_USER_INPUT");
});

test("nobody invites into an account with roles that they may not give", async () => {
  const roles = { SYSTEM_EDITOR: { permissions: { "system.user.invite": true } } };
  const replica = await startTestApp({ database: world.database, env: { ROLES: JSON.stringify(roles) } });
  try {
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    const invited = await invite();
    await bindRole(world, invited.user.id, "SYSTEM_ADMIN");
    const variables = { email: invited.email, password: PASSWORD };
    expect(await refusedWithoutTrace(replica, CREATE_USER, variables, editor.token)).toMatchObject({
      code: "FORBIDDEN",
    });
    await ask(replica, CREATE_USER, { email: newAddress(), password: PASSWORD }, editor.token);
  } finally {
    await replica.close();
  }
});

test("an invitation takes the place of an account that a stranger signed up with the address", async () => {
  const open = await startTestApp({ database: world.database, env: { PUBLIC_SIGNUPS: "true" } });
  try {
    const email = newAddress();
    const stranger = { email, password: "of the stranger", username: uniqueName("stranger") };
    const { createUser } = await ask(open, CREATE_USER, stranger);
    const invited = await invite(email);
    expect(invited.user).toMatchObject({ id: createUser.user.id, username: email, status: "pending" });
    expect(outcomeOf(await signIn(email, "of the stranger"))).toBe("UNAUTHENTICATED");
    expect(outcomeOf(await accept(invited))).toBe("OK");
    expect(outcomeOf(await signIn(email, "of the stranger"))).toBe("UNAUTHENTICATED");
    expect(outcomeOf(await signIn(email))).toBe("OK");
  } finally {
    await open.close();
  }
});

test("verifyEmail lets an invited user in by the invitation all the same", async () => {
  const invited = await invite();
  await ask(world, VERIFY_EMAIL, { email: invited.email }, admin);
  expect((await ask(world, USERS, { user: { email: invited.email } }, admin)).users[0].status).toBe("active");
  expect(outcomeOf(await accept(invited))).toBe("OK");
});

test("where passwords are off, people are invited to sign in through a provider", async () => {
  const replica = await startTestApp({ database: world.database, env: { AUTH__LOCAL__ENABLED: "false" } });
  try {
    const { createUser } = await ask(replica, CREATE_USER, { email: newAddress(), password: PASSWORD }, admin);
    expect(createUser).toMatchObject({ user: { status: "pending" }, token: null, invitation: null });
    const invited = await invite();
    const given = { email: invited.email, password: PASSWORD, inviteToken: invited.invitation.token };
    expect(await askInVain(replica, CREATE_USER, given)).toMatchObject({ code: "FEATURE_DISABLED" });
  } finally {
    await replica.close();
  }
});

test("a service account of the system invites as well", async () => {
  const { token } = await serviceAccountWith(world, admin, "SYSTEM_ADMIN");
  const { createUser } = await ask(world, CREATE_USER, { email: newAddress(), password: PASSWORD }, token);
  expect(createUser.invitation.token).toEqual(expect.any(String));
});

describe("the link of an invitation", () => {
  test("leads to a page that sets the password and signs in", async () => {
    const { email, invitation } = await invite();
    expect(invitation.url).toContain(`${ORIGIN}/v1/token/invitation?`);
    const browser = new Browser(world, ORIGIN);
    const page = await browser.get(invitation.url);
    expect(page.status).toBe(200);
    expect(page.text).toContain(email);
    const refused = await browser.post("/v1/token/invitation", { email, token: invitation.token, password: "short" });
    expect([refused.status, browser.cookies()]).toEqual([403, []]);
    expect(refused.text).toContain("8 to 128 characters");
    const after = await browser.post("/v1/token/invitation", { email, token: invitation.token, password: PASSWORD });
    expect(after.url).toBe(`${ORIGIN}/v1/token`);
    await ask(world, SELF, null, tokenOn(after));
  });

  test("shows what is wrong, escapes what it is given, and takes forms of our own pages only", async () => {
    const browser = new Browser(world, ORIGIN);
    const page = await browser.get("/v1/token/invitation?email=%3Cb%3E&token=%22%3E");
    expect(page.text).not.toContain("<b>");
    const { email, invitation } = await invite();
    const form = { email, token: invitation.token, password: PASSWORD };
    const foreign = await browser.post("/v1/token/invitation", form, { from: "https://elsewhere.example" });
    expect([foreign.status, browser.cookies()]).toEqual([403, []]);
    for (const token of ["", "wrong", "\0"]) {
      const refused = await browser.post("/v1/token/invitation", { ...form, token });
      expect([refused.status, browser.cookies()]).toEqual([403, []]);
      expect(refused.text).toContain("has expired");
    }
  });
});
