import { newId } from "../../src/kernel/ids";
import { ask, bindRole, serviceAccountWith, signUp, signUpAdmin, uniqueName, userWith } from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import {
  CHANGE_PASSWORD,
  SELF,
  SET_PASSWORD,
  SIGN_IN,
  UPDATE_USER,
  USERS,
  VERIFY_EMAIL,
} from "../builders/user-operations";
import { person, refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";
const PASSWORD = "correct horse";
const CREATE_USER = `mutation ($email: String!, $password: String!) { createUser(email: $email, password: $password) {
  user { id status emails { address verified } } token { value } } }`;

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({ env: { PUBLIC_SIGNUPS: "true" } });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const outcomeOf = ({ errors }: { errors: undefined | readonly { extensions: { code: string } }[] }): string =>
  errors?.[0]?.extensions.code ?? "OK";
const signIn = (identity: string, password = PASSWORD) => world.send(SIGN_IN, { identity, password });

describe("self", () => {
  test("tells a person and a service account who they are, and gives no token", async () => {
    const someone = await person(world, admin);
    await bindRole(world, someone.id, "SYSTEM_VIEWER");
    const { self } = await ask(world, SELF, null, someone.token);
    expect(self).toEqual({
      user: {
        id: someone.id,
        username: expect.any(String),
        emails: [{ address: someone.email }],
        roleBindings: [{ role: "SYSTEM_VIEWER" }],
      },
      serviceAccount: null,
      token: null,
    });
    const robot = await serviceAccountWith(world, admin, "SYSTEM_VIEWER", {}, "robot");
    const { self: its } = await ask(world, SELF, null, robot.token);
    expect(its).toEqual({
      user: null,
      serviceAccount: { id: robot.id, label: "robot", apiKey: robot.token.slice(0, 10) },
      token: null,
    });
  });
});

describe("users", () => {
  const found = async (user: object | null): Promise<string[]> =>
    (await ask(world, USERS, { user }, admin)).users.map(({ id }: { id: string }) => id);

  test("answers those who match everything that is given", async () => {
    const someone = await person(world, admin);
    const other = await person(world, admin);
    const fullName = uniqueName("Ada 100%_Marsh");
    await ask(world, UPDATE_USER, { fullName }, someone.token);
    const { users } = await ask(world, USERS, { user: { email: someone.email.toUpperCase() } }, admin);
    expect(users).toEqual([
      {
        id: someone.id,
        username: expect.any(String),
        fullName,
        status: "active",
        emails: [{ address: someone.email, verified: true }],
        roleBindings: [],
      },
    ]);
    const { username } = users[0];
    for (const search of [
      { userId: someone.id },
      { userUuid: someone.id.toUpperCase() },
      { userId: someone.id, userUuid: someone.id },
      { username: username.toUpperCase() },
      { fullName: fullName.slice(2, -1).toLowerCase() },
      { userId: "", email: someone.email, fullName: "", username: "" },
    ]) {
      expect(await found(search)).toEqual([someone.id]);
    }
    for (const search of [
      { userId: someone.id, userUuid: other.id },
      { userId: someone.id, email: other.email },
      { email: someone.email.slice(0, -1) },
      { username: username.slice(0, -1) },
      { fullName: `${fullName}%` },
      { fullName: fullName.replace("%", "x") },
      { userId: "nobody" },
      { userId: newId() },
      { createdAt: "2001-01-01T00:00:00Z", userId: someone.id },
    ]) {
      expect(await found(search)).toEqual([]);
    }
    const all = await found(null);
    expect(all).toEqual(expect.arrayContaining([someone.id, other.id]));
    expect(await found({ userId: "", email: "", fullName: "" })).toEqual(all);
  });

  test("takes system.users.get", async () => {
    const nobody = await signUp(world, { by: admin });
    expect(await refusedWithoutTrace(world, USERS, { user: { userId: nobody.id } }, nobody.token)).toMatchObject({
      code: "FORBIDDEN",
      message: REFUSED,
    });
    const viewer = await userWith(world, admin, "SYSTEM_VIEWER");
    await ask(world, USERS, {}, viewer.token);
  });
});

describe("who signs up by himself", () => {
  const newcomer = async () => {
    const email = `${uniqueName("new")}@example.com`;
    const { data, headers } = await world.send(CREATE_USER, { email, password: PASSWORD });
    return { email, requestId: String(headers["x-request-id"]), ...data.createUser };
  };

  test("is pending, and can neither act nor sign in until an administrator has confirmed the address", async () => {
    const { email, user, token, requestId } = await newcomer();
    expect({ user, token }).toEqual({
      user: { id: user.id, status: "pending", emails: [{ address: email, verified: false }] },
      token: null,
    });
    expect(await auditLinesOf(world, requestId)).toMatchObject([
      { action: "user.create", actorId: user.id, objectId: user.id, details: { status: "pending" } },
    ]);
    expect((await signIn(email)).errors).toMatchObject([{ extensions: { code: "ACCOUNT_PENDING" } }]);
    expect(outcomeOf(await signIn(email, "wrong password"))).toBe("UNAUTHENTICATED");
    const forged = await world.app.features.access.issueToken(user.id);
    for (const query of [SELF, 'mutation { createWorkspace(label: "x") { id } }']) {
      expect((await world.send(query, null, forged)).errors).toMatchObject([
        { message: REFUSED, extensions: { code: "UNAUTHENTICATED" } },
      ]);
    }

    const { data, headers } = await world.send(VERIFY_EMAIL, { email: email.toUpperCase() }, admin);
    expect(data).toEqual({ verifyEmail: true });
    expect(await auditLinesOf(world, String(headers["x-request-id"]))).toMatchObject([
      { action: "user.verify_email", objectId: user.id, details: { email, formerStatus: "pending" } },
    ]);
    // A stranger may have made the account: neither the password nor a session of that time counts.
    expect(outcomeOf(await signIn(email))).toBe("UNAUTHENTICATED");
    expect(outcomeOf(await world.send(SELF, null, forged))).toBe("UNAUTHENTICATED");
    await ask(world, SET_PASSWORD, { userUuid: user.id, password: "battery staple" }, admin);
    expect(outcomeOf(await signIn(email, "battery staple"))).toBe("OK");
    expect((await ask(world, USERS, { user: { email } }, admin)).users).toMatchObject([
      { status: "active", emails: [{ verified: true }] },
    ]);
    expect(await ask(world, VERIFY_EMAIL, { email }, admin)).toEqual({ verifyEmail: true });
    // Repeated, it changes nothing.
    expect(outcomeOf(await signIn(email, "battery staple"))).toBe("OK");
  });

  test("is active at once where the configuration does without, though the address is not confirmed", async () => {
    const replica = await startTestApp({
      database: world.database,
      env: { PUBLIC_SIGNUPS: "true", EMAIL_CONFIRMATION: "false" },
    });
    try {
      const { createUser } = await ask(replica, CREATE_USER, {
        email: `${uniqueName("new")}@example.com`,
        password: PASSWORD,
      });
      expect(createUser).toMatchObject({
        user: { status: "active", emails: [{ verified: false }] },
        token: { value: expect.any(String) },
      });
      const [{ address: email }] = createUser.user.emails;
      await ask(world, VERIFY_EMAIL, { email }, admin);
      expect(outcomeOf(await signIn(email))).toBe("UNAUTHENTICATED");
      expect(outcomeOf(await world.send(SELF, null, createUser.token.value))).toBe("UNAUTHENTICATED");
    } finally {
      await replica.close();
    }
  });

  test("is confirmed by nobody else, and by nobody who may less", async () => {
    const { email, user } = await newcomer();
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    expect(await refusedWithoutTrace(world, VERIFY_EMAIL, { email }, editor.token)).toMatchObject({
      code: "FORBIDDEN",
      message: REFUSED,
    });
    for (const [unknown, code] of [
      ["nobody@example.com", "NOT_FOUND"],
      ["nobody", "BAD_USER_INPUT"],
      ["x".repeat(10_000), "BAD_USER_INPUT"],
    ] as const) {
      expect(await refusedWithoutTrace(world, VERIFY_EMAIL, { email: unknown }, admin)).toMatchObject({ code });
    }
    const roles = { SYSTEM_EDITOR: { permissions: { "system.user.verifyEmail": true } } };
    const replica = await startTestApp({ database: world.database, env: { ROLES: JSON.stringify(roles) } });
    try {
      await bindRole(world, user.id, "SYSTEM_ADMIN");
      expect(await refusedWithoutTrace(replica, VERIFY_EMAIL, { email }, editor.token)).toMatchObject({
        code: "FORBIDDEN",
        message: REFUSED,
      });
    } finally {
      await replica.close();
    }
  });
});

describe("updateUser", () => {
  test("changes one's own names, and an administrator changes anybody's", async () => {
    const someone = await person(world, admin);
    const username = uniqueName("Countess");
    expect(await ask(world, UPDATE_USER, { username, fullName: " Ada " }, someone.token)).toEqual({
      updateUser: { id: someone.id, username, fullName: "Ada" },
    });
    expect(outcomeOf(await signIn(username))).toBe("OK");
    expect(await ask(world, UPDATE_USER, { userUuid: someone.id, fullName: null }, admin)).toEqual({
      updateUser: { id: someone.id, username, fullName: null },
    });
    expect(
      await ask(
        world,
        UPDATE_USER,
        { userUuid: someone.id.toUpperCase(), username: username.toUpperCase() },
        someone.token,
      ),
    ).toMatchObject({ updateUser: { username: username.toUpperCase() } });
  });

  test("refuses a name that somebody signs in by, in any spelling, also to two who ask at once", async () => {
    const [one, other] = [await person(world, admin), await person(world, admin)];
    const taken = uniqueName("Taken");
    await ask(world, UPDATE_USER, { username: taken }, one.token);
    for (const username of [taken, taken.toLowerCase()]) {
      expect(await refusedWithoutTrace(world, UPDATE_USER, { username }, other.token)).toMatchObject({
        code: "CONFLICT",
      });
    }
    const wanted = uniqueName("wanted");
    const answers = await Promise.all(
      [one, other].map(({ token }) => world.send(UPDATE_USER, { username: wanted }, token)),
    );
    expect(answers.map(outcomeOf).sort()).toEqual(["CONFLICT", "OK"]);
  });

  test("takes one's own address for a user name, and nobody else's", async () => {
    const [one, other] = [await person(world, admin), await person(world, admin)];
    const nobodys = `${uniqueName("new")}@example.com`;
    for (const username of [one.email, one.email.toUpperCase(), nobodys, nobodys.replace("@", "\uff20")]) {
      for (const [given, token] of [
        [{ username }, other.token],
        [{ username, userUuid: other.id }, admin],
      ] as const)
        expect(await refusedWithoutTrace(world, UPDATE_USER, given, token)).toMatchObject({
          code: "BAD_USER_INPUT",
          extensions: { argument: "username" },
        });
    }
    await ask(world, UPDATE_USER, { username: one.email.toUpperCase() }, one.token);
    // One from before this rule may stay.
    await world.database.sql.query("UPDATE app_user SET username = $1 WHERE id = $2", [nobodys, other.id]);
    await ask(world, UPDATE_USER, { username: nobodys, fullName: "Ada" }, other.token);
  });

  test("is refused where malformed, unknown or not allowed", async () => {
    const [someone, other] = [await person(world, admin), await person(world, admin)];
    const robot = await serviceAccountWith(world, admin, "SYSTEM_VIEWER");
    for (const [variables, token, code] of [
      [{ userUuid: other.id, fullName: "x" }, someone.token, "FORBIDDEN"],
      [{ userUuid: newId(), fullName: "x" }, someone.token, "FORBIDDEN"],
      [{ fullName: "x" }, robot.token, "FORBIDDEN"],
      [{ userUuid: newId(), fullName: "x" }, admin, "NOT_FOUND"],
      [{ userUuid: "x", fullName: "x" }, admin, "NOT_FOUND"],
      [{ username: "  " }, someone.token, "BAD_USER_INPUT"],
      [{ username: "x".repeat(191) }, someone.token, "BAD_USER_INPUT"],
      [{ fullName: "x".repeat(191) }, someone.token, "BAD_USER_INPUT"],
    ] as const) {
      expect(await refusedWithoutTrace(world, UPDATE_USER, variables, token)).toMatchObject({ code });
    }
  });
});

describe("passwords", () => {
  test("one's own ends every session but the new one, on every replica", async () => {
    const replica = await startTestApp({ database: world.database });
    try {
      const someone = await person(world, admin);
      const second = (await signIn(someone.email)).data.createToken.token.value;
      await ask(replica, SELF, null, second);
      const { data, headers } = await world.send(
        CHANGE_PASSWORD,
        { currentPassword: PASSWORD, newPassword: "battery staple" },
        someone.token,
      );
      const { token } = data.changePassword;
      const lines = await auditLinesOf(world, String(headers["x-request-id"]));
      expect(lines).toMatchObject([{ action: "user.change_password", objectId: someone.id }]);
      expect(JSON.stringify(lines)).not.toMatch(/battery|horse|argon/);
      for (const old of [someone.token, second]) {
        expect((await replica.send('mutation { createWorkspace(label: "x") { id } }', null, old)).errors).toMatchObject(
          [{ message: REFUSED, extensions: { code: "UNAUTHENTICATED", reason: "EXPIRED" } }],
        );
        expect(outcomeOf(await world.send(SELF, null, old))).toBe("UNAUTHENTICATED");
      }
      await ask(replica, SELF, null, token.value);
      await ask(world, SELF, null, token.value);
      expect(outcomeOf(await signIn(someone.email))).toBe("UNAUTHENTICATED");
      expect(outcomeOf(await signIn(someone.email, "battery staple"))).toBe("OK");
    } finally {
      await replica.close();
    }
  });

  test("are refused where wrong, malformed or the same, and tell none of it", async () => {
    const someone = await person(world, admin);
    const robot = await serviceAccountWith(world, admin, "SYSTEM_ADMIN");
    for (const [variables, token, code] of [
      [{ currentPassword: "wrong password", newPassword: "battery staple" }, someone.token, "BAD_USER_INPUT"],
      [{ currentPassword: PASSWORD, newPassword: "short" }, someone.token, "BAD_USER_INPUT"],
      [{ currentPassword: PASSWORD, newPassword: "x".repeat(129) }, someone.token, "BAD_USER_INPUT"],
      [{ currentPassword: PASSWORD, newPassword: PASSWORD }, someone.token, "BAD_USER_INPUT"],
      [{ currentPassword: PASSWORD, newPassword: "battery staple" }, robot.token, "FORBIDDEN"],
    ] as const) {
      const refusal = await refusedWithoutTrace(world, CHANGE_PASSWORD, variables, token);
      expect(refusal).toMatchObject({ code });
      expect(JSON.stringify(refusal)).not.toMatch(/battery staple|correct horse|wrong password/);
    }
    await ask(world, SELF, null, someone.token);
  });

  test("are not guessed by whoever has found a session", async () => {
    const replica = await startTestApp({
      database: world.database,
      env: { AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ACCOUNT: "3" },
    });
    try {
      const someone = await person(world, admin);
      const guess = (currentPassword: string) =>
        replica.send(CHANGE_PASSWORD, { currentPassword, newPassword: "battery staple" }, someone.token);
      for (let one = 0; one < 3; one++) expect(outcomeOf(await guess("guess number 1"))).toBe("BAD_USER_INPUT");
      expect(outcomeOf(await guess(PASSWORD))).toBe("TOO_MANY_ATTEMPTS");
      // The owner's own session is another one.
      const own = await replica.app.features.access.issueToken(someone.id);
      const answer = await replica.send(
        CHANGE_PASSWORD,
        { currentPassword: PASSWORD, newPassword: "battery staple" },
        own,
      );
      expect(outcomeOf(answer)).toBe("OK");
    } finally {
      await replica.close();
    }
  });

  test("two new ones at once leave one of them", async () => {
    const someone = await person(world, admin);
    const [a, b] = ["battery staple", "another staple"];
    const answers = await Promise.all(
      [a, b].map((newPassword) =>
        world.send(CHANGE_PASSWORD, { currentPassword: PASSWORD, newPassword }, someone.token),
      ),
    );
    const codes = answers.map(outcomeOf);
    expect(codes.filter((code) => code === "OK")).toHaveLength(1);
    expect(codes).not.toContain("INTERNAL_SERVER_ERROR");
    expect(outcomeOf(await signIn(someone.email, codes[0] === "OK" ? a : b))).toBe("OK");
  });

  test("are given anew by an administrator, but not by somebody who may less, nor to oneself", async () => {
    const someone = await person(world, admin);
    await ask(world, SET_PASSWORD, { userUuid: someone.id, password: "battery staple" }, admin);
    expect(outcomeOf(await world.send(SELF, null, someone.token))).toBe("UNAUTHENTICATED");
    expect(outcomeOf(await signIn(someone.email, "battery staple"))).toBe("OK");
    const me = (await ask(world, SELF, null, admin)).self.user.id;
    for (const [userUuid, password, code] of [
      [me, "battery staple", "BAD_USER_INPUT"],
      [someone.id, "short", "BAD_USER_INPUT"],
      [newId(), "battery staple", "NOT_FOUND"],
      ["", "battery staple", "NOT_FOUND"],
    ] as const) {
      expect(await refusedWithoutTrace(world, SET_PASSWORD, { userUuid, password }, admin)).toMatchObject({ code });
    }
    const editor = await userWith(world, admin, "SYSTEM_EDITOR");
    expect(
      await refusedWithoutTrace(
        world,
        SET_PASSWORD,
        { userUuid: someone.id, password: "battery staple" },
        editor.token,
      ),
    ).toMatchObject({ code: "FORBIDDEN" });
    const roles = { SYSTEM_EDITOR: { permissions: { "system.iam.update": true } } };
    const replica = await startTestApp({ database: world.database, env: { ROLES: JSON.stringify(roles) } });
    try {
      expect(
        await refusedWithoutTrace(replica, SET_PASSWORD, { userUuid: me, password: "battery staple" }, editor.token),
      ).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
    } finally {
      await replica.close();
    }
  });

  test("are nothing where nobody signs in by one", async () => {
    const replica = await startTestApp({ database: world.database, env: { AUTH__LOCAL__ENABLED: "false" } });
    try {
      const someone = await person(world, admin);
      expect(
        await refusedWithoutTrace(
          replica,
          CHANGE_PASSWORD,
          { currentPassword: PASSWORD, newPassword: "battery staple" },
          someone.token,
        ),
      ).toMatchObject({ code: "FEATURE_DISABLED" });
      expect(
        await refusedWithoutTrace(replica, SET_PASSWORD, { userUuid: someone.id, password: "battery staple" }, admin),
      ).toMatchObject({ code: "FEATURE_DISABLED" });
    } finally {
      await replica.close();
    }
  });
});
