import { ask, askInVain, signUp, signUpAdmin, uniqueName } from "../builders/api";
import { outcomes, person, refusedWithoutTrace, type Person } from "../builders/workspace-operations";
import { createTestDatabase } from "../world/database";
import { FailedLogins } from "../../src/features/access/db/failed-logins";
import { maxAttemptsPerDay } from "../../src/features/access/domain/sign-in-delays";
import { poolOf } from "../../src/infrastructure/postgres/data-source";
import { TooManyAttempts } from "../../src/kernel/errors";
import { startTestApp, type Answer, type TestApp } from "../world/app";

const PASSWORD = "correct horse";
const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { user { id username } token { value } } }";

const signIn = (
  world: TestApp,
  identity: string | null,
  password = PASSWORD,
  headers: Record<string, string> = {},
): Promise<Answer> => world.send(SIGN_IN, { identity, password }, undefined, headers);
const codeOf = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? "OK";

/** Runs it on an installation of its own, so that nobody else's attempts count. */
async function onItsOwn(
  env: Record<string, string>,
  run: (world: TestApp, user: Person, admin: string) => Promise<void>,
): Promise<void> {
  const world = await startTestApp({ env });
  try {
    const admin = await signUpAdmin(world);
    await run(world, await person(world, admin), admin);
  } finally {
    await world.close();
  }
}

const usernameOf = async (world: TestApp, { id }: Person): Promise<string> => {
  const [row] = await world.database.sql.query<{ username: string }>("SELECT username FROM app_user WHERE id = $1", [
    id,
  ]);
  return row?.username ?? "";
};

const PER_ACCOUNT = "AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ACCOUNT";
const PER_ADDRESS = "AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ADDRESS";
const WINDOW_SECONDS = "AUTH__LOCAL__LOGIN_ATTEMPTS__WINDOW_SECONDS";

describe("signing in", () => {
  let world: TestApp;
  let user: Person;
  beforeAll(async () => {
    world = await startTestApp({ env: { [PER_ADDRESS]: "1000" } });
    user = await person(world, await signUpAdmin(world));
  });
  afterAll(() => world.close());

  test("works by address and by user name, in any case and between blanks, and gives a session of its own each time", async () => {
    const username = await usernameOf(world, user);
    const tokens = [user.token];
    for (const identity of [
      username,
      username.toUpperCase(),
      user.email,
      user.email.toUpperCase(),
      `  ${user.email}\n`,
    ]) {
      const { createToken } = await ask(world, SIGN_IN, { identity, password: PASSWORD });
      expect(createToken.user).toEqual({ id: user.id, username });
      expect(await ask(world, "{ workspaces { id } }", null, createToken.token.value)).toEqual({ workspaces: [] });
      tokens.push(createToken.token.value);
    }
    expect(new Set(tokens).size).toBe(6);
    expect(await ask(world, "{ workspaces { id } }", null, user.token)).toEqual({ workspaces: [] });
  });

  test("reads no more of a request without a session than it needs", async () => {
    for (const [identity, password] of [
      [user.email, "x".repeat(200_000)],
      ["x".repeat(200_000), PASSWORD],
    ] as const) {
      const { status, errors } = await signIn(world, identity, password);
      expect({ status, code: errors?.[0]?.extensions.code }).toEqual({ status: 413, code: "PAYLOAD_TOO_LARGE" });
    }
  });

  test("says the same, on HTTP 200, of everything that does not fit", async () => {
    const attempts: [string | null, string][] = [
      [user.email, "wrong horse"],
      [user.email, ""],
      [user.email, PASSWORD.toUpperCase()],
      [user.email, `${PASSWORD} `],
      [user.email, "x".repeat(15_000)],
      ["nobody@example.com", PASSWORD],
      ["", PASSWORD],
      [null, PASSWORD],
      [user.id, PASSWORD],
      ["%", PASSWORD],
      ["' OR 1=1 --", PASSWORD],
      ["x".repeat(15_000), PASSWORD],
    ];
    for (const [identity, password] of attempts) {
      const { status, data, errors } = await signIn(world, identity, password);
      expect({ status, data, message: errors?.[0]?.message, extensions: errors?.[0]?.extensions }).toEqual({
        status: 200,
        data: { createToken: null },
        message: "The user name or the password is wrong",
        extensions: { code: "UNAUTHENTICATED" },
      });
    }
  });

  test.each([
    ["the identity", { identity: "a\0b", password: PASSWORD }, "identity"],
    ["the password", { identity: "a", password: "a\0b" }, "password"],
  ])("refuses a null character in %s, naming it", async (_name, variables, argument) => {
    expect(await refusedWithoutTrace(world, SIGN_IN, variables)).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument },
    });
  });

  test("of a user who is deleted is answered like that of one who never was", async () => {
    const [row] = await world.database.sql.query<{ id: string }>(
      "SELECT user_id AS id FROM role_binding WHERE role = 'SYSTEM_ADMIN'",
    );
    const gone = await person(world, await world.app.features.access.issueToken(row?.id ?? ""));
    await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [gone.id]);
    expect(await askInVain(world, SIGN_IN, { identity: gone.email, password: PASSWORD })).toEqual(
      await askInVain(world, SIGN_IN, { identity: "nobody@example.com", password: PASSWORD }),
    );
  });

  test("is refused where the installation has no passwords", async () => {
    const replica = await startTestApp({ database: world.database, env: { AUTH__LOCAL__ENABLED: "false" } });
    try {
      expect(await askInVain(replica, SIGN_IN, { identity: user.email, password: PASSWORD })).toMatchObject({
        code: "FEATURE_DISABLED",
      });
      expect(await ask(replica, "{ workspaces { id } }", null, user.token)).toEqual({ workspaces: [] });
    } finally {
      await replica.close();
    }
  });
});

describe("failed attempts on one account", () => {
  test("lock it for a while, and then the right password works again", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "2", [WINDOW_SECONDS]: "600" }, async (world, user) => {
      for (let attempt = 0; attempt < 2; attempt++)
        expect(codeOf(await signIn(world, user.email, "wrong horse"))).toBe("UNAUTHENTICATED");
      const locked = await askInVain(world, SIGN_IN, { identity: user.email, password: PASSWORD });
      expect(locked).toMatchObject({
        code: "TOO_MANY_ATTEMPTS",
        extensions: { retryAfterSeconds: expect.any(Number) },
      });
      const retryAfterSeconds = Number(locked.extensions["retryAfterSeconds"]);
      expect(retryAfterSeconds).toBeGreaterThan(0);
      expect(retryAfterSeconds).toBeLessThanOrEqual(600);
      // As if that time had passed.
      await world.database.sql.query("UPDATE failed_login SET expire = expire - $1::bigint * 1000", [
        retryAfterSeconds,
      ]);
      expect(codeOf(await signIn(world, user.email))).toBe("OK");
    });
  });

  test("are forgotten once the right password came", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "3" }, async (world, user) => {
      for (let round = 0; round < 3; round++) {
        for (let attempt = 0; attempt < 2; attempt++)
          expect(codeOf(await signIn(world, user.email, "wrong horse"))).toBe("UNAUTHENTICATED");
        expect(codeOf(await signIn(world, user.email))).toBe("OK");
      }
    });
  });

  test("count all together when they come at once, and on every replica", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "3" }, async (world, user) => {
      const replica = await startTestApp({ database: world.database, env: { [PER_ACCOUNT]: "3" } });
      const requests = Array.from({ length: 12 }, (_, index) =>
        signIn(index % 2 === 0 ? world : replica, user.email, `guess number ${index}`),
      );
      expect(await outcomes(requests)).toEqual({ UNAUTHENTICATED: 3, TOO_MANY_ATTEMPTS: 9 });
      await replica.close();
    });
  });

  test("count together however the account is spelt: by name, by address, in capitals", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "3" }, async (world, user) => {
      const username = await usernameOf(world, user);
      for (const identity of [username, username.toUpperCase(), ` ${user.email} `])
        expect(codeOf(await signIn(world, identity, "wrong horse"))).toBe("UNAUTHENTICATED");
      expect([codeOf(await signIn(world, username)), codeOf(await signIn(world, user.email))]).toEqual([
        "TOO_MANY_ATTEMPTS",
        "TOO_MANY_ATTEMPTS",
      ]);
    });
  });

  test("lock nobody else, and end no session", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "1" }, async (world, user, admin) => {
      const other = await person(world, admin);
      expect([codeOf(await signIn(world, user.email, "wrong horse")), codeOf(await signIn(world, user.email))]).toEqual(
        ["UNAUTHENTICATED", "TOO_MANY_ATTEMPTS"],
      );
      expect(codeOf(await signIn(world, other.email))).toBe("OK");
      expect(await ask(world, "{ workspaces { id } }", null, user.token)).toEqual({ workspaces: [] });
    });
  });

  test("lock names that nobody has just the same", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "1" }, async (world) => {
      const nobody = uniqueName("nobody");
      expect([codeOf(await signIn(world, nobody)), codeOf(await signIn(world, nobody))]).toEqual([
        "UNAUTHENTICATED",
        "TOO_MANY_ATTEMPTS",
      ]);
    });
  });
});

describe("failed attempts from one address", () => {
  const from = (address: string) => ({ "x-forwarded-for": address });

  test("lock that address for every account, and no other address", async () => {
    await onItsOwn({ [PER_ADDRESS]: "3", WEBSERVER__TRUST_PROXY: "true" }, async (world, user) => {
      for (let attempt = 0; attempt < 3; attempt++)
        expect(codeOf(await signIn(world, uniqueName("nobody"), PASSWORD, from("192.0.2.1")))).toBe("UNAUTHENTICATED");
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.1")))).toBe("TOO_MANY_ATTEMPTS");
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.2")))).toBe("OK");
    });
  });

  test("count for the connection's address where no proxy is trusted, whatever a header says", async () => {
    await onItsOwn({ [PER_ADDRESS]: "3" }, async (world, user) => {
      for (let attempt = 0; attempt < 3; attempt++)
        expect(codeOf(await signIn(world, uniqueName("nobody"), PASSWORD, from(`192.0.2.${attempt}`)))).toBe(
          "UNAUTHENTICATED",
        );
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.9")))).toBe("TOO_MANY_ATTEMPTS");
    });
  });

  test("are all that counts: many people may sign in from one", async () => {
    await onItsOwn({ [PER_ADDRESS]: "2" }, async (world, user) => {
      for (let attempt = 0; attempt < 5; attempt++) expect(codeOf(await signIn(world, user.email))).toBe("OK");
    });
  });
});

describe("an attacker", () => {
  const from = (address: string) => ({ "x-forwarded-for": address });
  const proxied = { WEBSERVER__TRUST_PROXY: "true" };
  const guess = async (world: TestApp, user: Person, address: string): Promise<string> =>
    codeOf(await signIn(world, user.email, "wrong horse", from(address)));

  test("does not keep the owner out, who comes from a network of before, nor the owner's new password", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "2", [PER_ADDRESS]: "4", ...proxied }, async (world, user) => {
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("2001:db8:0:1::1")))).toBe("OK");
      for (let attempt = 0; attempt < 12; attempt++) await guess(world, user, `192.0.2.${attempt}`);
      expect(await guess(world, user, "192.0.2.99")).toBe("TOO_MANY_ATTEMPTS");
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("2001:db8:0:1::2")))).toBe("OK");
      const change =
        'mutation ($p: String!) { changePassword(currentPassword: $p, newPassword: "quite another") { token { value } } }';
      expect((await world.send(change, { p: PASSWORD }, user.token)).errors).toBeUndefined();
    });
  });

  test("at many accounts from one network slows that network, and not accounts that are known there", async () => {
    await onItsOwn({ [PER_ADDRESS]: "3", ...proxied }, async (world, user, admin) => {
      const stranger = await person(world, admin);
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.1")))).toBe("OK");
      for (let attempt = 0; attempt < 3; attempt++)
        await signIn(world, uniqueName("nobody"), PASSWORD, from("192.0.2.1"));
      expect(codeOf(await signIn(world, stranger.email, PASSWORD, from("192.0.2.1")))).toBe("TOO_MANY_ATTEMPTS");
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.1")))).toBe("OK");
      expect(codeOf(await signIn(world, stranger.email, PASSWORD, from("192.0.2.2")))).toBe("OK");
    });
  });

  test("in a known network is slowed there too", async () => {
    await onItsOwn({ [PER_ACCOUNT]: "2", ...proxied }, async (world, user) => {
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.1")))).toBe("OK");
      const codes = [];
      for (let attempt = 0; attempt < 3; attempt++) codes.push(await guess(world, user, "192.0.2.1"));
      expect(codes).toEqual(["UNAUTHENTICATED", "UNAUTHENTICATED", "TOO_MANY_ATTEMPTS"]);
      expect(codeOf(await signIn(world, user.email, PASSWORD, from("192.0.2.2")))).toBe("OK");
    });
  });

  test("gets few guesses in a day, from however many networks, and waits ever longer", async () => {
    await onItsOwn({}, async (world, user) => {
      let nowMs = Date.parse("2026-01-01T00:00:00Z");
      const limiter = new FailedLogins(poolOf(world.app.dataSource), {
        limits: { perAccount: 10, perAddress: 50, windowSeconds: 900 },
        nowMs: () => nowMs,
        digestKey: new Uint8Array(32),
      });
      const startMs = nowMs;
      const waits: number[] = [];
      let guesses = 0;
      for (let network = 0; nowMs < startMs + 86_400_000; network++) {
        try {
          await limiter.signIn({ userId: user.id }, `10.${network >> 16}.${(network >> 8) & 255}.${network & 255}`);
          guesses++;
        } catch (error) {
          if (!(error instanceof TooManyAttempts)) throw error;
          waits.push(error.retryAfterSeconds);
          nowMs += error.retryAfterSeconds * 1000;
        }
      }
      expect(waits.slice(0, 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900]);
      expect(guesses).toBeLessThanOrEqual(maxAttemptsPerDay({ free: 50, maxDelayMs: 900_000 }) + 1);
      expect(guesses).toBeGreaterThan(140);
    });
  });
});

test("a name that nobody has is not kept as it was typed", async () => {
  await onItsOwn({}, async (world) => {
    await signIn(world, "my-secret-in-the-wrong-field", PASSWORD);
    const rows = await world.database.sql.query<{ key: string }>("SELECT key FROM failed_login");
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/my-secret/i);
  });
});

test("a session outlives a restart of the installation", async () => {
  const database = await createTestDatabase();
  try {
    const before = await startTestApp({ database });
    const { token } = await signUp(before);
    await before.close();
    const after = await startTestApp({ database });
    expect(await ask(after, "{ sysWorkspaces { id } }", null, token)).toEqual({ sysWorkspaces: [] });
    await after.close();
  } finally {
    await database.drop();
  }
});
