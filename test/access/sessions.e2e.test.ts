import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeProtectedHeader, SignJWT } from "jose";
import { rotateSigningKey } from "../../src/composition/rotate-signing-key";
import { AesSecretBox } from "../../src/infrastructure/secrets/aes-secret-box";
import { ask, askInVain, bindRole, signUp, signUpAdmin, type Account } from "../builders/api";
import { pino } from "pino";
import { untilNotified } from "../builders/until-notified";
import { createTestDatabase } from "../world/database";
import { startTestApp, type Answer, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";
const ME = "{ workspaces { id } }";
const CHANGE = 'mutation { createWorkspace(label: "Mine") { id } }';

let world: TestApp;
let admin: Account;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUp(world);
});
afterAll(() => world.close());

/** Asks and changes something with it; both have to be refused in the platform's own words, for this reason. */
async function expectRefused(token: string, reason: string): Promise<void> {
  for (const query of [ME, CHANGE]) {
    const { status, errors } = await world.send(query, null, token);
    expect({ status, message: errors?.[0]?.message, extensions: errors?.[0]?.extensions }).toEqual({
      status: 200,
      message: REFUSED,
      extensions: { code: "UNAUTHENTICATED", reason },
    });
  }
}

const codeOf = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? "OK";

async function signingKey(): Promise<ReturnType<typeof createPrivateKey>> {
  const [row] = await world.database.sql.query<{ id: string; sealed: string }>(
    "SELECT id, private_key_pem AS sealed FROM signing_key WHERE purpose = 'SESSIONS'",
  );
  const box = new AesSecretBox(world.config.secrets.encryptionKeys).of(row?.id ?? "");
  return createPrivateKey(box.open(row?.sealed ?? "", "private_key_pem"));
}

interface Claims {
  readonly subject?: string;
  readonly issuer?: string;
  readonly expiresInSeconds?: number | null;
  readonly notBeforeInSeconds?: number;
  /** Null for a token without the claim. */
  readonly issuedInSeconds?: number | null;
  readonly audience?: string | null;
  readonly kid?: string;
}

/** A token as the installation would make it, but for what is said. */
async function forge(
  { subject = admin.id, issuer = "retrograde", expiresInSeconds = 600, notBeforeInSeconds = 0, ...claims }: Claims,
  key?: ReturnType<typeof createPrivateKey>,
) {
  const now = Math.floor(Date.now() / 1000);
  const keyId = String(decodeProtectedHeader(admin.token).kid);
  const { issuedInSeconds = 0, audience = "retrograde" } = claims;
  const token = new SignJWT()
    .setProtectedHeader({ alg: "EdDSA", kid: claims.kid ?? keyId })
    .setIssuer(issuer)
    .setSubject(subject)
    .setNotBefore(now + notBeforeInSeconds);
  if (issuedInSeconds !== null) token.setIssuedAt(now + issuedInSeconds);
  if (audience !== null) token.setAudience(audience);
  if (expiresInSeconds !== null) token.setExpirationTime(now + expiresInSeconds);
  return token.sign(key ?? (await signingKey()));
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a session token", () => {
  test("holds for a day, and says nothing of what its holder may do", () => {
    const claims = JSON.parse(Buffer.from(admin.token.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      unknown
    >;
    expect(claims).toEqual({
      iss: "retrograde",
      aud: "retrograde",
      sub: admin.id,
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: Math.floor(Number(claims["iat"])) + 86_400,
    });
  });

  test("made by the installation's own key is taken", async () => {
    expect(await ask(world, ME, null, await forge({}))).toHaveProperty("workspaces");
  });

  test.each<[string, Claims, string]>([
    ["that ran out", { expiresInSeconds: -1 }, "EXPIRED"],
    ["that never runs out", { expiresInSeconds: null }, "INVALID"],
    ["of another issuer", { issuer: "somebody else" }, "INVALID"],
    ["that is not valid yet", { notBeforeInSeconds: 300 }, "INVALID"],
    ["of the future", { issuedInSeconds: 60 }, "INVALID"],
    ["without a time of issue", { issuedInSeconds: null }, "INVALID"],
    ["that lives longer than sessions do", { expiresInSeconds: 86_401 }, "INVALID"],
    ["for others", { audience: "registry" }, "INVALID"],
    ["for nobody in particular, as older versions made them", { audience: null }, "INVALID"],
    ["of a key that is not there", { kid: "nothing" }, "INVALID"],
    ["of a user who never was", { subject: randomUUID() }, "INVALID"],
    ["of what is no user's id", { subject: "somebody" }, "INVALID"],
    ["of nobody", { subject: "" }, "INVALID"],
  ])("%s is refused", async (_name, claims, reason) => {
    await expectRefused(await forge(claims), reason);
  });

  test("signed by another key of the same kind is refused", async () => {
    await expectRefused(await forge({}, generateKeyPairSync("ed25519").privateKey), "INVALID");
  });

  test("signed with the public key as if that were a shared secret is refused", async () => {
    const publicPem = createPublicKey(await signingKey())
      .export({ type: "spki", format: "pem" })
      .toString();
    const unsigned = `${part({ alg: "HS256" })}.${part({ iss: "retrograde", sub: admin.id, exp: 9_999_999_999 })}`;
    await expectRefused(
      `${unsigned}.${createHmac("sha256", publicPem).update(unsigned).digest("base64url")}`,
      "INVALID",
    );
  });

  test("of another installation is refused", async () => {
    const other = await startTestApp();
    try {
      await expectRefused(await signUpAdmin(other), "INVALID");
    } finally {
      await other.close();
    }
  });

  test.each([
    [
      "other claims under the same signature",
      ([header, , signature]: string[]) => [
        header,
        part({ iss: "retrograde", sub: randomUUID(), exp: 9_999_999_999 }),
        signature,
      ],
    ],
    ["no signature", ([header, payload]: string[]) => [header, payload, ""]],
    ["a changed header", ([, payload, signature]: string[]) => [part({ alg: "EdDSA", kid: "1" }), payload, signature]],
    ["a part too many", (parts: string[]) => [...parts, "x"]],
    ["a part too few", (parts: string[]) => parts.slice(0, 2)],
    ["nothing but dots", () => ["", "", ""]],
  ])("with %s is refused", async (_name, change) => {
    await expectRefused(change(admin.token.split(".")).join("."), "INVALID");
  });

  test.each(["", "Bearer ", "bearer ", "BEARER\t"])("behind %j serves for changes too", async (prefix) => {
    expect(await ask(world, CHANGE, null, prefix + admin.token)).toHaveProperty("createWorkspace.id");
  });

  test("behind another scheme is refused", async () => {
    for (const scheme of ["Basic", "Token", "BearerX", "Bearer Bearer"])
      await expectRefused(`${scheme} ${admin.token}`, "INVALID");
  });

  test("ends with the user: at once for changes, and as soon as it is told for reads", async () => {
    const { id, token } = await signUp(world, { by: admin.token });
    expect(await ask(world, ME, null, token)).toHaveProperty("workspaces");
    await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [id]);
    expect((await askInVain(world, CHANGE, null, token)).extensions).toEqual({
      code: "UNAUTHENTICATED",
      reason: "INVALID",
    });
    expect(await untilNotified(async () => codeOf(await world.send(ME, null, token)), "UNAUTHENTICATED")).toBe(
      "UNAUTHENTICATED",
    );
    await expectRefused(token, "INVALID");
  });

  test("lets its holder do what he may now, and not what he might when it was made", async () => {
    const { id, token } = await signUp(world, { by: admin.token });
    const all = "{ sysWorkspaces { id } }";
    expect((await askInVain(world, all, null, token)).code).toBe("FORBIDDEN");
    const { token: again } = await promote(id, token);
    await world.database.sql.query("DELETE FROM role_binding WHERE user_id = $1", [id]);
    expect(await untilNotified(async () => codeOf(await world.send(all, null, again)), "FORBIDDEN")).toBe("FORBIDDEN");
  });

  async function promote(id: string, token: string): Promise<Account> {
    await bindRole(world, id, "SYSTEM_VIEWER");
    expect(
      await untilNotified(async () => codeOf(await world.send("{ sysWorkspaces { id } }", null, token)), "OK"),
    ).toBe("OK");
    return { id, token };
  }
});

describe("the key that signs sessions", () => {
  test("is one for all replicas, even if they start on an empty database at once", async () => {
    const database = await createTestDatabase();
    const replicas = await Promise.all([1, 2, 3].map(() => startTestApp({ database })));
    try {
      const [first] = replicas;
      if (first === undefined) throw new Error("no replica");
      const token = await signUpAdmin(first);
      for (const replica of replicas) expect(await ask(replica, ME, null, token)).toHaveProperty("workspaces");
      expect(await database.sql.query("SELECT purpose FROM signing_key ORDER BY purpose")).toEqual([
        { purpose: "DERIVED" },
        { purpose: "REGISTRY" },
        { purpose: "SESSIONS" },
      ]);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
      await database.drop();
    }
  });

  test.each([
    ["Ed25519", () => generateKeyPairSync("ed25519").privateKey],
    ["RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
    ["EC P-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
  ])("may be one of the installation's own, in a file or as a mounted secret: %s", async (_name, generate) => {
    const folder = await mkdtemp(join(tmpdir(), "retrograde-key-"));
    await writeFile(join(folder, "tls.key"), generate().export({ type: "pkcs8", format: "pem" }));
    const [one, two] = [
      await startTestApp({ database: world.database, env: { JWT__CERT_PATH: folder } }),
      await startTestApp({ database: world.database, env: { JWT__CERT_PATH: join(folder, "tls.key") } }),
    ];
    try {
      const { token } = await signUp(one, { by: await reissued(one) });
      expect(await ask(two, ME, null, token)).toHaveProperty("workspaces");
      await expectRefused(token, "INVALID");
      expect((await askInVain(one, ME, null, admin.token)).extensions).toEqual({
        code: "UNAUTHENTICATED",
        reason: "INVALID",
      });
    } finally {
      await Promise.all([one.close(), two.close()]);
      await rm(folder, { recursive: true });
    }
  });

  test("lies in the database sealed, and what lay there in plain text is sealed at the next start", async () => {
    const stored = () =>
      world.database.sql.query<{ pem: string }>("SELECT private_key_pem AS pem FROM signing_key ORDER BY id");
    for (const { pem } of await stored()) expect(pem).toMatch(/^v1\.[0-9a-f]{8}\./);
    const plain = (await signingKey()).export({ type: "pkcs8", format: "pem" });
    await world.database.sql.query("UPDATE signing_key SET private_key_pem = $1 WHERE purpose = 'SESSIONS'", [plain]);
    await expect(startTestApp({ database: world.database, env: { SECRETS__ENCRYPTION_KEYS: "" } })).rejects.toThrow(
      /SECRETS__ENCRYPTION_KEYS.*jwt\.certPath/,
    );
    const replica = await startTestApp({ database: world.database });
    try {
      expect(await ask(replica, ME, null, admin.token)).toHaveProperty("workspaces");
    } finally {
      await replica.close();
    }
    for (const { pem } of await stored()) expect(pem).toMatch(/^v1\.[0-9a-f]{8}\./);
  });

  test("keeps a start from going on where it cannot be read, and says what to do", async () => {
    const other = Buffer.alloc(32, "another key").toString("base64");
    await expect(startTestApp({ database: world.database, env: { SECRETS__ENCRYPTION_KEYS: other } })).rejects.toThrow(
      /cannot be decrypted.*secrets\.encryptionKeys.*rotate-signing-key --end-sessions/,
    );
  });

  const rotate = (endSessions: boolean): Promise<void> =>
    rotateSigningKey(world.config, {
      databaseUrl: world.database.url,
      log: pino({ level: "silent" }),
      which: "SESSIONS",
      endSessions,
    });

  test("is replaced while replicas run: they sign with the new one, and nobody is signed out", async () => {
    const replica = await startTestApp({ database: world.database });
    try {
      const before = decodeProtectedHeader(admin.token).kid;
      await rotate(false);
      const kidOf = async (): Promise<unknown> => decodeProtectedHeader(await reissued(replica)).kid;
      expect(await untilNotified(async () => String((await kidOf()) !== before), "true")).toBe("true");
      const fresh = await reissued(replica);
      for (const one of [world, replica])
        for (const token of [admin.token, fresh]) expect(await ask(one, ME, null, token)).toHaveProperty("workspaces");
      const lines = await world.database.sql.query(
        "SELECT actor_label AS actor, details FROM audit_line WHERE action = 'system.rotate_signing_key'",
      );
      expect(lines).toEqual([{ actor: "Command line", details: { purpose: "SESSIONS", endSessions: false } }]);
    } finally {
      await replica.close();
    }
  });

  test("that was replaced goes once nothing that it has signed is valid", async () => {
    const count = async (): Promise<unknown> =>
      world.database.sql.query("SELECT count(*)::int AS count FROM signing_key WHERE purpose = 'SESSIONS'");
    const { access } = world.app.features;
    expect(await count()).toEqual([{ count: 2 }]);
    await access.forgetExpired(new Date().toISOString());
    expect(await count()).toEqual([{ count: 2 }]);
    await access.forgetExpired(new Date(Date.now() + 3 * 86_400_000).toISOString());
    expect(await count()).toEqual([{ count: 1 }]);
  });

  test("is replaced at the cost of all sessions where it may be known to others", async () => {
    const stolen = await signingKey();
    const kid = String(decodeProtectedHeader(await reissued(world)).kid);
    await rotate(true);
    const code = async (): Promise<string> => codeOf(await world.send(ME, null, admin.token));
    expect(await untilNotified(code, "UNAUTHENTICATED")).toBe("UNAUTHENTICATED");
    await expectRefused(await forge({ kid }, stolen), "INVALID");
    expect(await ask(world, ME, null, await reissued(world))).toHaveProperty("workspaces");
  });

  /** The first user's session by the replica's own key. */
  const reissued = async (replica: TestApp): Promise<string> => replica.app.features.access.issueToken(admin.id);
});
