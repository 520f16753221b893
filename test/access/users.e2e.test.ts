import { ask, askInVain, bindRole, serviceAccountWith, signUp, signUpAdmin, uniqueName } from "../builders/api";
import { everything, outcomes, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";
import { BOOTSTRAP_TOKEN } from "../world/bootstrap-token";

const REFUSED = "You do not have the appropriate permissions for that";
const PASSWORD = "correct horse";
const CREATE_USER = `mutation ($email: String!, $password: String!, $username: String, $inviteToken: String) {
  createUser(email: $email, password: $password, username: $username, inviteToken: $inviteToken) {
    user { id uuid username fullName status emails { address verified primary } roleBindings { role } } token { value }
    invitation { token url expiresAt } } }`;
const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { user { id username } token { value } } }";

const newAddress = (): string => `${uniqueName("new")}@example.com`;

/** What the first user sends. */
const newFirst = (): object => ({ email: newAddress(), password: PASSWORD, inviteToken: BOOTSTRAP_TOKEN });

describe("the first user of an installation", () => {
  test.each([
    ["closed", {}, "FORBIDDEN"],
    ["open to everybody", { PUBLIC_SIGNUPS: "true" }, "OK"],
  ])("becomes SYSTEM_ADMIN, and from then on it is %s", async (_name, env, later) => {
    const world = await startTestApp({ env });
    try {
      const first = await ask(world, CREATE_USER, newFirst());
      expect(first.createUser.user.roleBindings).toEqual([{ role: "SYSTEM_ADMIN" }]);
      expect(await ask(world, "{ sysWorkspaces { id } }", null, first.createUser.token.value)).toEqual({
        sysWorkspaces: [],
      });
      const { status, data, errors } = await world.send(CREATE_USER, {
        email: newAddress(),
        password: PASSWORD,
        inviteToken: "",
      });
      expect(status).toBe(200);
      if (later === "OK") expect(data.createUser.user.roleBindings).toEqual([]);
      expect(errors?.[0]?.extensions.code ?? "OK").toBe(later);
      expect(errors?.[0]?.message ?? REFUSED).toBe(REFUSED);
    } finally {
      await world.close();
    }
  });

  test("is still to come after malformed attempts, also with a token that proves nothing", async () => {
    const world = await startTestApp();
    try {
      for (const malformed of [{ email: "nobody" }, { password: "short" }, { username: "a\0b" }]) {
        const refusal = await refusedWithoutTrace(world, CREATE_USER, { ...newFirst(), ...malformed });
        expect(refusal.code).toBe("BAD_USER_INPUT");
      }
      const { createUser } = await ask(world, CREATE_USER, newFirst(), "stale.or.foreign");
      expect(createUser.user.roleBindings).toEqual([{ role: "SYSTEM_ADMIN" }]);
    } finally {
      await world.close();
    }
  });

  test.each([
    ["closed", {}],
    ["open to everybody", { PUBLIC_SIGNUPS: "true" }],
  ])("is nobody without the secret, where it is %s", async (_name, env) => {
    const world = await startTestApp({ env });
    try {
      for (const inviteToken of [undefined, "", "x", `${BOOTSTRAP_TOKEN}x`, BOOTSTRAP_TOKEN.toUpperCase()]) {
        const refusal = await refusedWithoutTrace(world, CREATE_USER, { ...newFirst(), inviteToken });
        expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "inviteToken" } });
      }
      expect((await ask(world, "{ authConfig { initialSignup } }", {})).authConfig.initialSignup).toBe(true);
      await ask(world, CREATE_USER, newFirst());
      // It works once.
      const refusal = await refusedWithoutTrace(world, CREATE_USER, newFirst());
      expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "inviteToken" } });
    } finally {
      await world.close();
    }
  });

  test("sends the secret that the service has made, where none is configured: the same one on every replica", async () => {
    const world = await startTestApp({ env: { BOOTSTRAP_TOKEN: "" } });
    const replica = await startTestApp({ database: world.database, env: { BOOTSTRAP_TOKEN: "" } });
    const other = await startTestApp({ env: { BOOTSTRAP_TOKEN: "" } });
    try {
      const { secret } = world.app.features.access.firstAdministrator;
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(other.app.features.access.firstAdministrator.secret).not.toBe(secret);
      const given = { email: newAddress(), password: PASSWORD };
      expect(await askInVain(other, CREATE_USER, { ...given, inviteToken: secret })).toMatchObject({
        code: "BAD_USER_INPUT",
      });
      const { createUser } = await ask(replica, CREATE_USER, { ...given, inviteToken: secret });
      expect(createUser.user.roleBindings).toEqual([{ role: "SYSTEM_ADMIN" }]);
    } finally {
      for (const one of [other, replica, world]) await one.close();
    }
  });

  test("is one, and so is the administrator, where many come at once to two replicas that anybody may join", async () => {
    const world = await startTestApp({ env: { PUBLIC_SIGNUPS: "true" } });
    const replica = await startTestApp({ database: world.database, env: { PUBLIC_SIGNUPS: "true" } });
    try {
      const requests = Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? world : replica).send(CREATE_USER, newFirst()),
      );
      expect(await outcomes(requests)).toEqual({ OK: 1, BAD_USER_INPUT: 7 });
      expect(await world.database.sql.query("SELECT role FROM role_binding")).toEqual([{ role: "SYSTEM_ADMIN" }]);
    } finally {
      await replica.close();
      await world.close();
    }
  });
});

describe("createUser", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const signIn = (identity: string, password = PASSWORD) => world.send(SIGN_IN, { identity, password });
  /** Invites somebody, who accepts. */
  const join = async (variables: { email: string; password: string; username?: string }): Promise<void> => {
    const { invitation } = (await ask(world, CREATE_USER, variables, admin)).createUser;
    await ask(world, CREATE_USER, { ...variables, inviteToken: invitation.token });
  };

  test("with an invitation answers a user without roles who can sign in, and keeps no word of the password", async () => {
    const email = newAddress();
    const { createUser: invited } = await ask(
      world,
      CREATE_USER,
      { email: ` ${email.toUpperCase()} `, password: "of the inviter" },
      admin,
    );
    const { createUser } = await ask(world, CREATE_USER, {
      email: email.toUpperCase(),
      password: "a secret of mine",
      inviteToken: invited.invitation.token,
    });
    const { id } = createUser.user;
    expect(invited.user.id).toBe(id);
    expect(createUser).toEqual({
      user: {
        id,
        uuid: id,
        username: email,
        fullName: null,
        status: "active",
        emails: [{ address: email, verified: true, primary: true }],
        roleBindings: [],
      },
      token: { value: expect.any(String) },
      invitation: null,
    });
    expect((await signIn(email, "a secret of mine")).data.createToken.user.id).toBe(id);
    const [row] = await world.database.sql.query<{ hash: string; all: string }>(
      "SELECT password_hash AS hash, u::text AS all FROM app_user u WHERE id = $1",
      [id],
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row?.all).not.toContain("secret");
  });

  test.each([
    ["SYSTEM_ADMIN", "OK"],
    ["SYSTEM_EDITOR", "FORBIDDEN"],
    ["SYSTEM_VIEWER", "FORBIDDEN"],
    ["USER", "FORBIDDEN"],
  ])("of a person who is %s: %s", async (role, expected) => {
    const user = await signUp(world, { by: admin });
    if (role !== "USER") await bindRole(world, user.id, role);
    const before = await everything(world);
    const { status, errors } = await world.send(CREATE_USER, { email: newAddress(), password: PASSWORD }, user.token);
    expect([status, errors?.[0]?.extensions.code ?? "OK", errors?.[0]?.message ?? REFUSED]).toEqual([
      200,
      expected,
      REFUSED,
    ]);
    if (expected !== "OK") expect(await everything(world)).toEqual(before);
  });

  test("serves service accounts of the system by their role as well", async () => {
    const asked = { email: newAddress(), password: PASSWORD };
    const [chief, helper] = [
      await serviceAccountWith(world, admin, "SYSTEM_ADMIN"),
      await serviceAccountWith(world, admin, "SYSTEM_EDITOR"),
    ];
    expect((await refusedWithoutTrace(world, CREATE_USER, asked, helper.token)).code).toBe("FORBIDDEN");
    expect((await ask(world, CREATE_USER, asked, chief.token)).createUser.user.roleBindings).toEqual([]);
  });

  test("repeated for an active user is refused, and leaves the password as it was", async () => {
    const email = newAddress();
    await join({ email, password: PASSWORD, username: uniqueName("name") });
    for (const again of [email, email.toUpperCase(), ` ${email}\n`]) {
      const variables = { email: again, password: "another horse", username: uniqueName("name") };
      expect(await refusedWithoutTrace(world, CREATE_USER, variables, admin)).toMatchObject({ code: "CONFLICT" });
    }
    expect((await signIn(email)).errors).toBeUndefined();
  });

  test("with one user name many times at once works once, and with one address makes one user", async () => {
    const [email, username] = [newAddress(), uniqueName("name")];
    const sameAddress = [1, 2, 3, 4].map(() =>
      world.send(CREATE_USER, { email, password: PASSWORD, username: uniqueName("name") }, admin),
    );
    const answers = await Promise.all(sameAddress);
    expect(new Set(answers.map(({ data }) => data.createUser.user.id)).size).toBe(1);
    const sameName = [1, 2, 3, 4].map(() =>
      world.send(CREATE_USER, { email: newAddress(), password: PASSWORD, username }, admin),
    );
    expect(await outcomes(sameName)).toEqual({ OK: 1, CONFLICT: 3 });
  });

  test.each<[string, string, (taken: { email: string; username: string }) => object]>([
    ["the same user name in capitals", uniqueName("taken"), ({ username }) => ({ username: username.toUpperCase() })],
    // As it could be chosen once.
    ["somebody's user name for an address", newAddress(), ({ username }) => ({ email: username })],
  ])("with %s is refused, since both would sign in by it", async (_name, username, variables) => {
    const taken = { email: newAddress(), username };
    await join({ email: taken.email, password: PASSWORD });
    await world.database.sql.query("UPDATE app_user SET username = $2 WHERE username = $1", [taken.email, username]);
    const asked = { email: newAddress(), username: uniqueName("name"), password: "another horse", ...variables(taken) };
    const { errors } = await world.send(CREATE_USER, asked, admin);
    expect((await signIn(taken.email)).data?.createToken?.user.username).toBe(username);
    expect((await signIn(username)).data?.createToken?.user.username).toBe(username);
    expect(errors?.[0]?.extensions.code).toBe("CONFLICT");
  });

  test.each([
    ["a null character in the password", { password: "correct\0horse" }, "password"],
    ["half of a surrogate pair in the password", { password: "correct\ud800horse" }, "password"],
    ["a password beyond measure", { password: "x".repeat(500_000) }, "password"],
    ["an empty password", { password: "" }, "password"],
    ["a null character in the user name", { username: "a\0b" }, "username"],
    ["somebody's address for a user name", { username: "somebody.else@example.com" }, "username"],
    ["a user name that looks like an address", { username: "somebody.else\uff20example.com" }, "username"],
    ["a user name beyond measure", { username: "x".repeat(500_000) }, "username"],
    ["an empty address", { email: "" }, "email"],
    ["an address beyond measure", { email: `${"x".repeat(500_000)}@example.com` }, "email"],
    ["two addresses", { email: "a@example.com, b@example.com" }, "email"],
  ])("with %s is refused, naming the argument, and makes nobody", async (_name, variables, argument) => {
    const refusal = await refusedWithoutTrace(
      world,
      CREATE_USER,
      { email: newAddress(), password: PASSWORD, ...variables },
      admin,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
    expect(refusal.message).not.toContain("horse");
  });

  test("with an address too long to be a user name as well does not blame a user name that nobody gave", async () => {
    const { errors } = await world.send(
      CREATE_USER,
      { email: `${uniqueName("long")}@${"x".repeat(190)}`, password: PASSWORD },
      admin,
    );
    expect(errors?.[0]?.extensions["argument"] ?? "email").toBe("email");
  });

  test("takes the own address for a user name, in capitals too", async () => {
    const email = newAddress();
    await join({ email, password: PASSWORD, username: email.toUpperCase() });
    expect((await signIn(email)).data?.createToken?.user.username).toBe(email.toUpperCase());
  });

  test("with letters beyond ASCII in the user name lets sign in by it in either case", async () => {
    const username = `Åsa-${uniqueName("Ö")}`;
    await join({ email: newAddress(), password: PASSWORD, username });
    for (const identity of [username, username.toUpperCase(), username.toLowerCase()])
      expect((await signIn(identity)).data?.createToken?.user.username).toBe(username);
  });

  test("of strangers is refused without a word on who is there", async () => {
    const email = newAddress();
    await ask(world, CREATE_USER, { email, password: PASSWORD }, admin);
    const [known, unknown] = [
      await askInVain(world, CREATE_USER, { email, password: PASSWORD }),
      await askInVain(world, CREATE_USER, { email: newAddress(), password: PASSWORD }),
    ];
    expect(known).toEqual(unknown);
    expect(known).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
  });
});
