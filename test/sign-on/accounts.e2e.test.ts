import { ask, askInVain, signUpAdmin, uniqueName } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { Browser, passProvider, tokenOn, type Page } from "../builders/browser";
import { SELF, SET_PASSWORD, SIGN_IN, USERS } from "../builders/user-operations";
import { person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";
import { BOOTSTRAP_TOKEN } from "../world/bootstrap-token";
import { startIdentityProvider, type TestIdentityProvider } from "../world/identity-provider";

const ORIGIN = "https://houston.example.test";
const redirectUris = [`${ORIGIN}/v1/oauth/callback/`];

/** How one provider is switched on. */
const on = (name: string, { issuer, clientId, clientSecret }: TestIdentityProvider): Record<string, string> => ({
  [`AUTH__OPENID_CONNECT__${name}__ENABLED`]: "true",
  [`AUTH__OPENID_CONNECT__${name}__DISCOVERY_URL`]: issuer,
  [`AUTH__OPENID_CONNECT__${name}__CLIENT_ID`]: clientId,
  [`AUTH__OPENID_CONNECT__${name}__CLIENT_SECRET`]: clientSecret ?? "",
});

let okta: TestIdentityProvider;
let custom: TestIdentityProvider;
let world: TestApp;
let admin: string;
beforeAll(async () => {
  [okta, custom] = await Promise.all([
    startIdentityProvider({ redirectUris }),
    startIdentityProvider({ redirectUris, clientSecret: null, claimsInIdToken: true }),
  ]);
  world = await startTestApp({ env: { PUBLIC_URL: ORIGIN, ...on("OKTA", okta), ...on("CUSTOM", custom) } });
  admin = await signUpAdmin(world);
});
afterAll(async () => {
  await world.close();
  await Promise.all([okta.stop(), custom.stop()]);
});

const CREATE_USER = `mutation ($email: String!, $username: String, $inviteToken: String) {
  createUser(email: $email, password: "correct horse", username: $username, inviteToken: $inviteToken) {
    user { id status emails { address verified } } invitation { token } } }`;

const newAddress = (): string => `${uniqueName("someone")}@example.com`;

/** Signs in by a browser of its own. */
async function signOn(
  subject: string,
  { provider = "okta", on: app = world }: { provider?: string; on?: TestApp } = {},
): Promise<Page> {
  const browser = new Browser(app, ORIGIN);
  return passProvider(browser, await browser.get(`/v1/oauth/start?provider=${provider}`), subject);
}

interface Account {
  readonly id: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly emails: number;
}

/** Whose token a page shows. */
async function accountOn(page: Page): Promise<Account> {
  const { sub } = JSON.parse(Buffer.from(tokenOn(page).split(".")[1] ?? "", "base64url").toString()) as { sub: string };
  const [row] = await world.database.sql.query<Account>(
    `SELECT id, username, full_name AS "fullName", (SELECT count(*)::int FROM email WHERE user_id = app_user.id) AS emails FROM app_user WHERE id = $1`,
    [sub],
  );
  if (row === undefined) throw new Error("the token is nobody's");
  return row;
}

const countOf = async (table: string): Promise<number> => {
  const [row] = await world.database.sql.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? -1;
};

/** Refused with that sentence, and without a trace. */
async function expectRefused(signingOn: () => Promise<Page>, sentence: string, status = 403): Promise<void> {
  const before = [await countOf("app_user"), await countOf("identity"), await countOf("audit_line")];
  const page = await signingOn();
  expect(page.text).toContain(sentence);
  expect(page.status).toBe(status);
  expect(page.headers.getSetCookie().join()).not.toContain("session");
  expect([await countOf("app_user"), await countOf("identity"), await countOf("audit_line")]).toEqual(before);
}

describe.each([
  ["okta", "a client with a secret, whose provider is asked for claims"],
  ["custom", "a public client, whose provider tells all in the id token"],
])("through %s (%s)", (provider) => {
  const at = (): TestIdentityProvider => (provider === "okta" ? okta : custom);

  test("a new person gets an account without roles, and the same one the next time", async () => {
    const [subject, email] = [uniqueName("subject"), newAddress()];
    await at().setPerson(subject, { email: email.toUpperCase(), email_verified: true, name: "Alice Liddell" });
    const first = await signOn(subject, { provider });
    const account = await accountOn(first);
    expect(account).toEqual({ id: account.id, username: email, fullName: "Alice Liddell", emails: 1 });
    expect(await ask(world, "{ workspaces { id } }", null, tokenOn(first))).toEqual({ workspaces: [] });
    expect(await askInVain(world, "{ sysWorkspaces { id } }", null, tokenOn(first))).toMatchObject({
      code: "FORBIDDEN",
    });
    expect((await accountOn(await signOn(subject, { provider }))).id).toBe(account.id);
  });

  test("a changed address keeps the account, and a changed name is taken over", async () => {
    const [subject, email] = [uniqueName("subject"), newAddress()];
    await at().setPerson(subject, { email, email_verified: true, name: "Before" });
    const { id } = await accountOn(await signOn(subject, { provider }));
    await at().setPerson(subject, { email: newAddress(), email_verified: false, name: "After" });
    expect(await accountOn(await signOn(subject, { provider }))).toEqual({
      id,
      username: email,
      fullName: "After",
      emails: 1,
    });
    await at().setPerson(subject, {});
    expect((await accountOn(await signOn(subject, { provider }))).fullName).toBe("After");
  });

  test("somebody with an account gets into it by a verified address; password and sessions until then end", async () => {
    const user = await person(world, admin);
    const subject = uniqueName("subject");
    await at().setPerson(subject, { email: user.email, email_verified: true });
    const page = await signOn(subject, { provider });
    expect((await accountOn(page)).id).toBe(user.id);
    expect(await ask(world, SELF, null, tokenOn(page))).toMatchObject({ self: { user: { id: user.id } } });
    expect((await askInVain(world, SELF, null, user.token)).extensions).toMatchObject({ reason: "EXPIRED" });
    const password = "correct horse";
    expect(await askInVain(world, SIGN_IN, { identity: user.email, password })).toMatchObject({
      code: "UNAUTHENTICATED",
    });
    // One that is set after the address was proven is theirs.
    await ask(world, SET_PASSWORD, { userUuid: user.id, password }, admin);
    expect((await accountOn(await signOn(subject, { provider }))).id).toBe(user.id);
    expect(await ask(world, SIGN_IN, { identity: user.email, password })).toMatchObject({
      createToken: { user: { id: user.id } },
    });
  });

  test("an invited person gets the account by signing in, and the invitation ends", async () => {
    const [subject, email] = [uniqueName("subject"), newAddress()];
    const { createUser } = await ask(world, CREATE_USER, { email }, admin);
    await at().setPerson(subject, { email, email_verified: true, name: "Ada Marsh" });
    const account = await accountOn(await signOn(subject, { provider }));
    expect(account).toMatchObject({ id: createUser.user.id, username: email, fullName: "Ada Marsh" });
    const variables = { email, inviteToken: createUser.invitation.token };
    expect(await askInVain(world, CREATE_USER, variables)).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument: "inviteToken" },
    });
  });

  test.each([
    ["is called unverified", false],
    ["is called unverified as text", "false"],
    ["is of unknown standing", undefined],
  ])(
    "an address that %s opens nothing, neither an account that is there nor a new one",
    async (_name, email_verified) => {
      const user = await person(world, admin);
      const verified = email_verified === undefined ? {} : { email_verified };
      for (const email of [user.email, newAddress()]) {
        const subject = uniqueName("subject");
        await at().setPerson(subject, { email, ...verified });
        await expectRefused(() => signOn(subject, { provider }), "does not vouch for your e-mail address");
      }
    },
  );

  test.each([
    ["none", undefined],
    ["an empty one", ""],
    ["one that is a number", 5],
    ["one that is a list", ["a@example.com"]],
    ["one with a null character", "a\0b@example.com"],
    ["one with a line break", "a@example.com\r\nSet-Cookie: a=b"],
    ["one that is too long", `${"x".repeat(300)}@example.com`],
    ["two in one", "a@example.com, b@example.com"],
  ])("of an address that is %s nobody is made", async (_name, email) => {
    const subject = uniqueName("subject");
    await at().setPerson(subject, { email, email_verified: true });
    await expectRefused(() => signOn(subject, { provider }), "does not tell your e-mail address");
  });

  test.each([
    ["much too long", "x".repeat(100_000), "x".repeat(190)],
    [
      "of lines and tags",
      "A\r\nSet-Cookie: a=b\0<script>alert(1)</script>",
      "A Set-Cookie: a=b<script>alert(1)</script>",
    ],
    ["a number", 7, null],
    ["nothing but blanks", " \t ", null],
  ])("a name that is %s is made fit, and shown as text", async (_name, name, fullName) => {
    const subject = uniqueName("subject");
    await at().setPerson(subject, { email: newAddress(), email_verified: true, name });
    const page = await signOn(subject, { provider });
    expect((await accountOn(page)).fullName).toBe(fullName);
    expect(page.text).not.toContain("<script>alert");
  });
});

test("given and family name make a name where there is none", async () => {
  const subject = uniqueName("subject");
  await okta.setPerson(subject, {
    email: newAddress(),
    email_verified: true,
    given_name: "Ada",
    family_name: "Lovelace",
  });
  expect((await accountOn(await signOn(subject))).fullName).toBe("Ada Lovelace");
});

describe("one address", () => {
  test("at two providers opens the account through the first of them only", async () => {
    const [subject, other, email] = [uniqueName("subject"), uniqueName("subject"), newAddress()];
    await okta.setPerson(subject, { email, email_verified: true });
    await custom.setPerson(other, { email, email_verified: true });
    const { id } = await accountOn(await signOn(subject));
    await expectRefused(
      () => signOn(other, { provider: "custom" }),
      "belongs to an account that is signed in to in another way",
    );
    expect((await accountOn(await signOn(subject))).id).toBe(id);
  });

  test("moves on to another provider when the first is switched off, and its account with it", async () => {
    const [subject, other, email] = [uniqueName("subject"), uniqueName("subject"), newAddress()];
    await okta.setPerson(subject, { email, email_verified: true });
    await custom.setPerson(other, { email, email_verified: true });
    const { id } = await accountOn(await signOn(subject));
    const replica = await startTestApp({
      database: world.database,
      env: { PUBLIC_URL: ORIGIN, ...on("CUSTOM", custom) },
    });
    try {
      expect((await accountOn(await signOn(other, { provider: "custom", on: replica }))).id).toBe(id);
    } finally {
      await replica.close();
    }
  });

  test("given to another person at the provider does not give them the account", async () => {
    const [leaver, successor, email] = [uniqueName("subject"), uniqueName("subject"), newAddress()];
    await okta.setPerson(leaver, { email, email_verified: true });
    await signOn(leaver);
    await okta.setPerson(successor, { email, email_verified: true });
    await expectRefused(() => signOn(successor), "belongs to an account that is signed in to in another way");
  });

  test("of many first sign-ins at once makes one account, on whichever replica", async () => {
    const [subject, email] = [uniqueName("subject"), newAddress()];
    await okta.setPerson(subject, { email, email_verified: true });
    const replica = await startTestApp({ database: world.database, env: { PUBLIC_URL: ORIGIN, ...on("OKTA", okta) } });
    try {
      const pages = await Promise.all([world, replica, world, replica].map((app) => signOn(subject, { on: app })));
      const ids = new Set((await Promise.all(pages.map(accountOn))).map(({ id }) => id));
      expect(ids.size).toBe(1);
    } finally {
      await replica.close();
    }
  });

  test("that is somebody's user name is refused", async () => {
    const email = newAddress();
    const other = await person(world, admin);
    // As it could be chosen once.
    await world.database.sql.query("UPDATE app_user SET username = $1 WHERE id = $2", [email, other.id]);
    const subject = uniqueName("subject");
    await okta.setPerson(subject, { email, email_verified: true });
    await expectRefused(() => signOn(subject), "Somebody signs in by this user name or e-mail address already", 409);
  });

  test("that nobody has confirmed here does not open the account", async () => {
    const user = await person(world, admin);
    await world.database.sql.query("UPDATE email SET verified = false WHERE user_id = $1", [user.id]);
    const subject = uniqueName("subject");
    await okta.setPerson(subject, { email: user.email, email_verified: true });
    await expectRefused(() => signOn(subject), "nobody has confirmed yet that it is yours");
  });
});

test("a pending account that a stranger made with somebody's address becomes that person's, without the stranger's password", async () => {
  const open = await startTestApp({
    database: world.database,
    env: { PUBLIC_URL: ORIGIN, PUBLIC_SIGNUPS: "true", ...on("OKTA", okta) },
  });
  try {
    const [subject, email] = [uniqueName("subject"), newAddress()];
    const { createUser } = await ask(open, CREATE_USER, { email, username: uniqueName("stranger") });
    expect(createUser.user).toMatchObject({ status: "pending", emails: [{ address: email, verified: false }] });
    await okta.setPerson(subject, { email, email_verified: true });
    const page = await signOn(subject, { on: open });
    expect(await accountOn(page)).toMatchObject({ id: createUser.user.id, username: email });
    const { users } = await ask(world, USERS, { user: { email } }, admin);
    expect(users).toMatchObject([{ status: "active", emails: [{ address: email, verified: true }] }]);
    const variables = { identity: email, password: "correct horse" };
    expect(await askInVain(open, SIGN_IN, variables)).toMatchObject({ code: "UNAUTHENTICATED" });
  } finally {
    await open.close();
  }
});

describe("somebody whose account", () => {
  test("was removed stays out, until there is one with the address again", async () => {
    const [subject, email] = [uniqueName("subject"), newAddress()];
    await okta.setPerson(subject, { email, email_verified: true });
    const { id } = await accountOn(await signOn(subject));
    await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [id]);
    await expectRefused(() => signOn(subject), "Your account was removed");
    const CREATE =
      'mutation ($email: String!) { createUser(email: $email, password: "correct horse") { user { id } } }';
    const { createUser } = await ask(world, CREATE, { email }, admin);
    expect((await accountOn(await signOn(subject))).id).toBe(createUser.user.id);
  });

  test("is not active stays out", async () => {
    const subject = uniqueName("subject");
    await okta.setPerson(subject, { email: newAddress(), email_verified: true });
    const { id } = await accountOn(await signOn(subject));
    await world.database.sql.query("UPDATE app_user SET status = 'pending' WHERE id = $1", [id]);
    await expectRefused(() => signOn(subject), "Your account is not active");
  });
});

describe("the first user of an installation", () => {
  const SYSTEM = "{ sysWorkspaces { id } }";
  const newcomer = async (email = newAddress()): Promise<string> => {
    const subject = uniqueName("subject");
    await okta.setPerson(subject, { email, email_verified: true });
    return subject;
  };
  const NOT_YET = "has no administrator yet";

  test("becomes SYSTEM_ADMIN by the link that the start prints, and the second does not", async () => {
    const fresh = await startTestApp({ env: { PUBLIC_URL: ORIGIN, ...on("OKTA", okta) } });
    try {
      const [first, second] = [await newcomer(), await newcomer()];
      await expectRefused(() => signOn(first, { on: fresh }), NOT_YET);
      const wrong = new Browser(fresh, ORIGIN);
      await expectRefused(
        async () =>
          passProvider(wrong, await wrong.get(`/v1/oauth/start?provider=okta&inviteToken=${BOOTSTRAP_TOKEN}x`), first),
        NOT_YET,
      );
      expect(await fresh.database.sql.query("SELECT FROM app_user")).toEqual([]);
      const browser = new Browser(fresh, ORIGIN);
      const page = await browser.get(fresh.app.features.setUpLink());
      expect(page.text).toContain("The first user becomes its administrator");
      const [, link = ""] = /href="([^"]+)">Sign in with/.exec(page.text) ?? [];
      const signedOn = await passProvider(browser, await browser.get(link.replaceAll("&amp;", "&")), first);
      expect(await ask(fresh, SYSTEM, null, tokenOn(signedOn))).toEqual({ sysWorkspaces: [] });
      // Once there is a user, the link gives nothing more.
      const again = new Browser(fresh, ORIGIN);
      const another = await passProvider(again, await again.get(link.replaceAll("&amp;", "&")), second);
      expect(await askInVain(fresh, SYSTEM, null, tokenOn(another))).toMatchObject({ code: "FORBIDDEN" });
    } finally {
      await fresh.close();
    }
  });

  test("may be whoever has proven the address that the configuration names", async () => {
    const email = newAddress();
    const fresh = await startTestApp({
      env: { PUBLIC_URL: ORIGIN, BOOTSTRAP_ADMIN_EMAIL: email.toUpperCase(), ...on("OKTA", okta) },
    });
    try {
      await expectRefused(async () => signOn(await newcomer(), { on: fresh }), NOT_YET);
      const unproven = uniqueName("subject");
      await okta.setPerson(unproven, { email, email_verified: false });
      await expectRefused(() => signOn(unproven, { on: fresh }), "does not vouch for your e-mail address");
      // A password proves no address.
      expect(await askInVain(fresh, CREATE_USER, { email })).toMatchObject({ code: "BAD_USER_INPUT" });
      const signedOn = await signOn(await newcomer(email), { on: fresh });
      expect(await ask(fresh, SYSTEM, null, tokenOn(signedOn))).toEqual({ sysWorkspaces: [] });
    } finally {
      await fresh.close();
    }
  });

  test("sets a password on the page that the link leads to", async () => {
    const fresh = await startTestApp({ env: { PUBLIC_URL: ORIGIN } });
    try {
      const browser = new Browser(fresh, ORIGIN);
      await browser.get(fresh.app.features.setUpLink());
      const form = { email: newAddress(), password: "correct horse", first: "" };
      const refused = await browser.post("/v1/token/invitation", { ...form, token: "wrong" });
      expect([refused.status, browser.cookies()]).toEqual([403, []]);
      expect(refused.text).toContain("The first user becomes its administrator");
      const after = await browser.post("/v1/token/invitation", { ...form, token: BOOTSTRAP_TOKEN });
      expect(await ask(fresh, SYSTEM, null, tokenOn(after))).toEqual({ sysWorkspaces: [] });
    } finally {
      await fresh.close();
    }
  });
});

test("every sign-on leaves one audit line that tells what it was", async () => {
  const user = await person(world, admin);
  const [subject, known] = [uniqueName("subject"), uniqueName("subject")];
  await okta.setPerson(subject, { email: newAddress(), email_verified: true });
  await okta.setPerson(known, { email: user.email, email_verified: true });
  const actions = [];
  for (const who of [subject, subject, known]) {
    const [, requestId] = /Request <code>([^<]+)/.exec((await signOn(who)).text) ?? [];
    expect(requestId).toBeUndefined();
    const [line] = await world.database.sql.query<{ requestId: string }>(
      `SELECT request_id AS "requestId" FROM audit_line ORDER BY id DESC LIMIT 1`,
    );
    const lines = await auditLinesOf(world, line?.requestId ?? "");
    expect(lines).toEqual([
      expect.objectContaining({
        actorType: "USER",
        actorId: lines[0]?.objectId,
        objectType: "user",
        details: { provider: "okta" },
        address: "127.0.0.1",
      }),
    ]);
    actions.push(lines[0]?.action);
  }
  expect(actions).toEqual(["user.create", "user.sign_on", "user.connect_identity"]);
});
