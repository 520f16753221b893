import { setTimeout as sleep } from "node:timers/promises";
import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  sessionOn,
  signUp,
  signUpAdmin,
  userWith,
} from "../builders/api";
import { untilNotified } from "../builders/until-notified";
import { startTestApp, type TestApp } from "../world/app";
import { BOOTSTRAP_TOKEN } from "../world/bootstrap-token";

const REFUSED = "You do not have the appropriate permissions for that";
const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { token { value } user { username } } }";
const CREATE_USER =
  "mutation ($email: String!, $password: String!, $username: String, $inviteToken: String) { createUser(email: $email, password: $password, username: $username, inviteToken: $inviteToken) { user { id } token { value } invitation { token } } }";
const PASSWORD = "correct horse";

describe("the first user", () => {
  test("is SYSTEM_ADMIN, and only one even if ten come at once", async () => {
    const world = await startTestApp();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        world.send(CREATE_USER, {
          email: `u${index}@example.com`,
          password: PASSWORD,
          inviteToken: BOOTSTRAP_TOKEN,
        }),
      ),
    );
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const bindings = await world.database.sql.query("SELECT role FROM role_binding");
    expect(bindings).toEqual([{ role: "SYSTEM_ADMIN" }]);
    await world.close();
  });
});

describe("access", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    world = await startTestApp({ env: { AUTH__LOCAL__LOGIN_ATTEMPTS__PER_ACCOUNT: "3" } });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  test.each<[string, object]>([
    ["no e-mail address", { email: "nobody", password: PASSWORD }],
    ["an e-mail address with a null character", { email: "a\0b@example.com", password: PASSWORD }],
    ["a short password", { email: "new@example.com", password: "short" }],
    ["a password of 129 characters", { email: "new@example.com", password: "x".repeat(129) }],
    ["a long user name", { email: "new@example.com", password: PASSWORD, username: "x".repeat(191) }],
  ])("createUser refuses %s", async (_name, variables) => {
    expect((await askInVain(world, CREATE_USER, variables, admin)).code).toBe("BAD_USER_INPUT");
  });

  test("createUser refuses a taken address or user name, and strangers", async () => {
    const variables = { email: "Taken@Example.com ", password: PASSWORD, username: "taken" };
    const { invitation } = (await ask(world, CREATE_USER, variables, admin)).createUser;
    await ask(world, CREATE_USER, { ...variables, inviteToken: invitation.token });
    expect((await askInVain(world, CREATE_USER, variables, admin)).code).toBe("CONFLICT");
    expect((await askInVain(world, CREATE_USER, { ...variables, username: "other" }, admin)).code).toBe("CONFLICT");
    expect((await askInVain(world, CREATE_USER, { email: "x@example.com", password: PASSWORD }, undefined)).code).toBe(
      "FORBIDDEN",
    );
  });

  test.each(["", "Bearer ", "bearer ", "Bearer   "])("takes a token behind %j", async (prefix) => {
    expect(await ask(world, "{ workspaces { id } }", null, prefix + admin)).toHaveProperty("workspaces");
  });

  test("tells missing, tampered and unknown credentials apart in the reason alone", async () => {
    const [header, payload, signature] = admin.split(".") as [string, string, string];
    const unsigned = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    const other = Buffer.from(JSON.stringify({ sub: "someone", iss: "retrograde", exp: 9_999_999_999 })).toString(
      "base64url",
    );
    const cases: [string | undefined, string][] = [
      [undefined, "MISSING"],
      ["", "MISSING"],
      ["Bearer ", "MISSING"],
      [`${header}.${other}.${signature}`, "INVALID"],
      [`${header}.${payload}.${"A".repeat(signature.length)}`, "INVALID"],
      [`${unsigned}.${payload}.`, "INVALID"],
      ["not.a.token", "INVALID"],
      ["f".repeat(32), "INVALID"],
    ];
    for (const [token, reason] of cases) {
      const { status, errors } = await world.send("{ workspaces { id } }", null, token);
      expect({ status, message: errors?.[0]?.message, extensions: errors?.[0]?.extensions }).toEqual({
        status: 200,
        message: REFUSED,
        extensions: { code: "UNAUTHENTICATED", reason },
      });
    }
  });

  test("an expired session is told so, and does not disturb what needs none", async () => {
    const short = await startTestApp({ database: world.database, env: { JWT__AUTH_DURATION: "1000" } });
    try {
      const token = await sessionOn(short, admin);
      await sleep(2_100);
      expect((await askInVain(short, "{ workspaces { id } }", null, token)).extensions).toMatchObject({
        code: "UNAUTHENTICATED",
        reason: "EXPIRED",
      });
      expect(await ask(short, "{ appConfig { version } authConfig { localEnabled } }", null, token)).toMatchObject({
        appConfig: { version: "0.35.4" },
      });
    } finally {
      await short.close();
    }
  });

  test("limits attempts per account: then the right password is not looked at either", async () => {
    const { id } = await signUp(world, { by: admin, username: "guessed" });
    expect(id).toBeDefined();
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await askInVain(world, SIGN_IN, { identity: "guessed", password: "wrong horse" })).code).toBe(
        "UNAUTHENTICATED",
      );
    }
    const limited = await askInVain(world, SIGN_IN, { identity: "Guessed", password: PASSWORD });
    expect(limited.code).toBe("TOO_MANY_ATTEMPTS");
    expect(limited.extensions["retryAfterSeconds"]).toBeGreaterThan(0);
    await signUp(world, { by: admin, username: "spared" });
    expect(await ask(world, SIGN_IN, { identity: "SPARED", password: PASSWORD })).toMatchObject({
      createToken: { user: { username: "spared" } },
    });
  });

  test("says the same of an unknown account and a wrong password", async () => {
    await signUp(world, { by: admin, username: "known" });
    const unknown = await askInVain(world, SIGN_IN, { identity: "unknown", password: PASSWORD });
    expect(await askInVain(world, SIGN_IN, { identity: "known", password: "wrong horse" })).toEqual(unknown);
  });

  test("shows a key in full once, keeps only its digest, and notes when it was used", async () => {
    const workspaceUuid = await createWorkspace(world, admin);
    const { id, token } = await serviceAccountWith(world, admin, "WORKSPACE_EDITOR", { workspaceId: workspaceUuid });
    expect(token).toMatch(/^rtg_[0-9a-f]{32}$/);
    const list =
      "query ($id: Uuid!) { workspaceServiceAccounts(workspaceUuid: $id) { id apiKey lastUsedAt entityType } }";
    const before = await ask(world, list, { id: workspaceUuid }, admin);
    expect(before.workspaceServiceAccounts).toEqual([
      { id, apiKey: token.slice(0, 10), lastUsedAt: null, entityType: "WORKSPACE" },
    ]);
    await ask(world, "{ workspaces { id } }", null, token);
    const after = await ask(world, list, { id: workspaceUuid }, admin);
    expect(Date.parse(after.workspaceServiceAccounts[0].lastUsedAt)).toBeGreaterThan(Date.now() - 60_000);
    const [row] = await world.database.sql.query<object>("SELECT * FROM service_account WHERE id = $1", [id]);
    expect(JSON.stringify(row)).not.toContain(token);
  });

  test("nobody grants what they lack", async () => {
    const workspaceUuid = await createWorkspace(world, admin);
    const editor = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId: workspaceUuid });
    const create =
      'mutation ($id: Uuid!, $role: Role!) { createWorkspaceServiceAccount(label: "x", workspaceUuid: $id, role: $role) { id } }';
    expect((await askInVain(world, create, { id: workspaceUuid, role: "WORKSPACE_ADMIN" }, editor.token)).code).toBe(
      "FORBIDDEN",
    );
    expect((await askInVain(world, create, { id: workspaceUuid, role: "SYSTEM_ADMIN" }, admin)).code).toBe(
      "BAD_USER_INPUT",
    );
  });

  test("a key that is deleted ends at once, on every replica", async () => {
    const replica = await startTestApp({ database: world.database });
    const deployment = await createDeployment(world, admin);
    const { id, token } = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const look = "query ($id: String!) { deployment(where: { id: $id }) { id } }";
    for (const one of [world, replica])
      expect(await ask(one, look, { id: deployment.id }, token)).toMatchObject({ deployment: { id: deployment.id } });
    await ask(
      world,
      "mutation ($id: Uuid!, $deployment: Uuid!) { deleteDeploymentServiceAccount(serviceAccountUuid: $id, deploymentUuid: $deployment) { id } }",
      { id, deployment: deployment.id },
      admin,
    );
    expect((await askInVain(world, look, { id: deployment.id }, token)).code).toBe("UNAUTHENTICATED");
    const code = async (): Promise<string | undefined> =>
      (await replica.send(look, { id: deployment.id }, token)).errors?.[0]?.extensions.code;
    expect(await untilNotified(code, "UNAUTHENTICATED")).toBe("UNAUTHENTICATED");
    await replica.close();
  });
});
