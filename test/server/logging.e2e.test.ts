import { createLogger } from "../../src/composition/composition-root";
import {
  ask,
  createDeployment,
  createWorkspace,
  deployImage,
  ROLLBACK,
  signUpAdmin,
  uniqueName,
  type BuiltDeployment,
} from "../builders/api";
import { CREATE_SERVICE_ACCOUNT, SET_VARIABLES, UPDATE, UPSERT } from "../builders/deployment-operations";
import { startTestApp, type TestApp } from "../world/app";
import { startLoggedApp, type LoggedApp } from "../world/logged-app";

const SECRET = "s3cr3t-of-somebody";
const CREATE_USER = `mutation ($email: String!, $username: String, $password: String!, $inviteToken: String) {
  createUser(email: $email, username: $username, password: $password, inviteToken: $inviteToken) {
    user { id } token { value } invitation { token url } } }`;
const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { token { value } } }";

let world: TestApp;
let admin: string;
let logged: LoggedApp;
beforeAll(async () => {
  world = await startTestApp({ env: { DEPLOYMENTS__GIT_SYNC_DAG_DEPLOYMENT: "true" } });
  admin = await signUpAdmin(world);
  logged = await startLoggedApp(world);
});
beforeEach(() => {
  logged.lines.length = 0;
});
afterAll(async () => {
  await logged.close();
  await world.close();
});

const linesOf = (requestId: unknown): Record<string, unknown>[] =>
  logged.lines.filter((line) => line["requestId"] === requestId);

describe("a request's id", () => {
  test("leads from its answer to its lines in the log, and says who did what with which outcome", async () => {
    const label = uniqueName("team");
    const ok = await logged.send(
      "mutation ($label: String!) { createWorkspace(label: $label) { id } }",
      { label },
      admin,
    );
    const refused = await logged.send(
      "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
      { id: "nonsense" },
      admin,
      { "x-request-id": "mine-1" },
    );
    const read = await logged.send("{ workspaces { id } }", null, admin);
    expect(refused.headers["x-request-id"]).not.toBe("mine-1");
    expect(new Set([ok, refused, read].map(({ headers }) => headers["x-request-id"])).size).toBe(3);
    const actorId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const INFO = 30;
    const DEBUG = 20;
    expect(linesOf(ok.headers["x-request-id"])).toEqual([
      expect.objectContaining({
        level: INFO,
        msg: "mutation",
        operation: "createWorkspace",
        outcome: "OK",
        actorId,
        ms: expect.any(Number),
      }),
    ]);
    expect(linesOf("mine-1")).toEqual([]);
    expect(linesOf(refused.headers["x-request-id"])).toEqual([
      expect.objectContaining({
        clientRequestId: "mine-1",
        level: INFO,
        msg: "mutation",
        operation: "deleteDeployment",
        deploymentId: "nonsense",
        outcome: "NOT_FOUND",
        actorId,
      }),
    ]);
    expect(linesOf(read.headers["x-request-id"])).toEqual([
      expect.objectContaining({ level: DEBUG, msg: "query", operation: "workspaces", outcome: "OK", actorId }),
    ]);
  });
});

/** Makes every write of such a row fail for a reason that no client can help, until `act` is done. */
async function whileBroken<T>(table: string, condition: string, act: () => Promise<T>): Promise<T> {
  const name = uniqueName("broken").replaceAll("-", "_");
  await world.database.sql.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID`);
  try {
    return await act();
  } finally {
    await world.database.sql.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
}

const setVariables = ({ id, releaseName }: BuiltDeployment, value = SECRET) =>
  logged.send(
    SET_VARIABLES,
    { deploymentId: id, releaseName, environmentVariables: [{ key: "TOKEN", value, isSecret: true }] },
    admin,
  );

describe("a fault of ours", () => {
  test("is told by its request's id alone, and logged once with what a person needs", async () => {
    const deployment = await createDeployment(world, admin);
    const { status, data, errors, headers } = await whileBroken("deployment", "label <> 'Broken'", () =>
      logged.send(UPDATE, { deploymentId: deployment.id, payload: { label: "Broken" } }, admin),
    );
    const requestId = headers["x-request-id"];
    expect({ status, data }).toEqual({ status: 200, data: { updateDeployment: null } });
    expect(errors).toEqual([
      {
        message: "Something went wrong on our side; the request id tells us where",
        path: ["updateDeployment"],
        extensions: { code: "INTERNAL_SERVER_ERROR", requestId },
      },
    ]);
    const told = linesOf(requestId).filter(({ level }) => Number(level) >= 50);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      msg: "request failed",
      err: { message: expect.stringContaining("violates check constraint"), stack: expect.any(String) },
    });
    expect(linesOf(requestId)).toContainEqual(
      expect.objectContaining({ operation: "updateDeployment", outcome: "INTERNAL_SERVER_ERROR" }),
    );
  });

  test("in the middle of a rollback leaves nothing half done, and the next one works", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    const variables = { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "it broke" };
    const failed = await whileBroken("log_line", "component <> 'deploy-rollback'", () =>
      logged.send(ROLLBACK, variables, admin),
    );
    expect(failed.errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    const count = "SELECT count(*) AS count FROM deploy_revision WHERE deployment_id = $1";
    expect(await world.database.sql.query(count, [deployment.id])).toEqual([{ count: 2 }]);
    expect((await ask(world, ROLLBACK, variables, admin)).rollbackDeploy.number).toBe(3);
  });
});

describe("secrets stay out of the log", () => {
  test("where everything works", async () => {
    const email = `${uniqueName("someone")}@example.com`;
    const { data: invited } = await logged.send(CREATE_USER, { email, password: SECRET }, admin);
    const { token: inviteToken } = invited.createUser.invitation;
    const { data: signedUp } = await logged.send(CREATE_USER, { email, password: SECRET, inviteToken });
    const { data: signedIn } = await logged.send(SIGN_IN, { identity: email, password: SECRET });
    await logged.send(SIGN_IN, { identity: email, password: `${SECRET}-wrong` });
    const deployment = await createDeployment(world, admin);
    const account = await logged.send(
      CREATE_SERVICE_ACCOUNT,
      { deploymentUuid: deployment.id, label: "ci", role: "DEPLOYMENT_EDITOR" },
      admin,
    );
    const { apiKey } = account.data.createDeploymentServiceAccount;
    await setVariables(deployment);
    await logged.send(
      UPSERT,
      {
        deploymentUuid: deployment.id,
        environmentVariables: [{ key: "TOKEN", value: SECRET, isSecret: true }],
        dockerconfigjson: { auths: { "registry.example.com": { auth: SECRET } } },
        dagDeployment: { type: "git_sync", sshKey: SECRET },
        image: "registry.example.com/app:one",
      },
      apiKey,
    );
    await logged.send("{ workspaces { id } }", null, `Bearer ${SECRET}`);
    await logged.send(`{ deployment(where: { id: "${SECRET}" }) { id } }`, null, apiKey);

    const text = JSON.stringify(logged.lines);
    expect(text).toContain(`"operation":"upsertDeployment","deploymentId":"${deployment.id}","actorId"`);
    for (const secret of [
      SECRET,
      apiKey,
      admin,
      inviteToken,
      signedUp.createUser.token.value,
      signedIn.createToken.token.value,
      email,
    ]) {
      expect(secret).toBeTruthy();
      expect(text).not.toContain(secret);
    }
  });

  test("where writing an environment variable fails", async () => {
    const deployment = await createDeployment(world, admin);
    const { errors } = await whileBroken("deployment", "environment_variables = '[]'", () => setVariables(deployment));
    expect(errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify(errors)).not.toContain(SECRET);
    expect(JSON.stringify(logged.lines)).not.toContain(SECRET);
  });

  test.each([
    ["a null character", "\0"],
    ["half a surrogate pair", "\ud800"],
  ])("where a client sends one with %s", async (_name, unstorable) => {
    const { errors } = await setVariables(await createDeployment(world, admin), SECRET + unstorable);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
    expect(JSON.stringify(logged.lines)).not.toContain(SECRET);
  });

  test("where creating a Deployment with a git key fails", async () => {
    const workspaceUuid = await createWorkspace(world, admin);
    const variables = { workspaceUuid, label: "Broken", dagDeployment: { type: "git_sync", sshKey: SECRET } };
    const { errors } = await whileBroken("deployment", "label <> 'Broken'", () =>
      logged.send(UPSERT, variables, admin),
    );
    expect(errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify(logged.lines)).not.toContain(SECRET);
  });

  test("where creating an account fails, its password's digest included", async () => {
    const username = uniqueName("broken");
    const variables = { email: `${username}@example.com`, password: SECRET };
    const { data } = await logged.send(CREATE_USER, variables, admin);
    const inviteToken = data.createUser.invitation.token;
    const { errors } = await whileBroken("app_user", `username <> '${username}'`, () =>
      logged.send(CREATE_USER, { ...variables, username, inviteToken }),
    );
    expect(errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify(logged.lines)).not.toContain(SECRET);
    expect(JSON.stringify(logged.lines)).not.toContain("$argon2");
  });

  test.each<[string, object]>([
    ["by themselves", { authorization: SECRET, password: SECRET, apiKey: SECRET, token: SECRET }],
    [
      "inside of something",
      { headers: { authorization: SECRET }, user: { password: SECRET }, account: { apiKey: SECRET, token: SECRET } },
    ],
  ])("whoever logs them %s", (_name, fields) => {
    const lines: string[] = [];
    createLogger({ logging: { level: "info" } }, { write: (line: string) => void lines.push(line) }).info(
      { ...fields, kept: 1 },
      "hello",
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"kept":1');
    expect(lines[0]).not.toContain(SECRET);
  });
});
