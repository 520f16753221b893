import { decodeJwt, decodeProtectedHeader } from "jose";
import {
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";
import { registries, startRegistryWorld, type RegistryWorld } from "./registry-world";

const PATH = "/v1/registry/authorization";
const basic = (password: string, user = "user"): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("the token endpoint", () => {
  let world: TestApp;
  let admin: string;
  let deployment: BuiltDeployment;
  let other: BuiltDeployment;

  beforeAll(async () => {
    world = await startTestApp({ env: { MAX_DOCKER_JWT_EXTRA_DEPLOYMENTS: "2" } });
    admin = await signUpAdmin(world);
    [deployment, other] = [await createDeployment(world, admin), await createDeployment(world, admin)];
  });
  afterAll(() => world.close());

  const request = (query: string, headers: Record<string, string> = {}) =>
    world.app.server.app.inject({ url: `${PATH}${query}`, headers });
  /** What a token opens, by repository. */
  async function accessOf(token: string, ...scopes: string[]): Promise<Record<string, string[]>> {
    const query = new URLSearchParams([
      ["service", "docker-registry"],
      ...scopes.map((scope): [string, string] => ["scope", scope]),
    ]);
    const answer = await request(`?${query}`, { authorization: basic(token) });
    expect([answer.statusCode, answer.json().errors]).toEqual([200, undefined]);
    const { access } = decodeJwt<{ access: { type: string; name: string; actions: string[] }[] }>(answer.json().token);
    expect(access.every(({ type }) => type === "repository")).toBe(true);
    return Object.fromEntries(access.map(({ name, actions }) => [name, actions]));
  }
  const scopeOf = ({ releaseName }: BuiltDeployment): string => `repository:${releaseName}/airflow:pull,push`;
  const repository = ({ releaseName }: BuiltDeployment): string => `${releaseName}/airflow`;

  test("answers a login with a token that opens nothing, to whatever user name", async () => {
    const before = Date.now();
    const answer = await request("?account=user&client_id=docker&offline_token=true&service=docker-registry", {
      authorization: basic(admin, "_"),
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { token, expires_in: expiresIn, issued_at: issuedAt, ...rest } = answer.json();
    expect(rest).toEqual({});
    expect(expiresIn).toBe(300);
    // In whole seconds.
    expect(Date.parse(issuedAt)).toBeGreaterThan(before - 1_000);
    expect(Date.parse(issuedAt)).toBeLessThanOrEqual(Date.now());
    expect(decodeProtectedHeader(token)).toEqual({ typ: "JWT", alg: "ES256", x5c: [expect.any(String)] });
    const iat = Date.parse(issuedAt) / 1_000;
    expect(decodeJwt(token)).toEqual({
      iss: "houston",
      aud: "docker-registry",
      sub: expect.stringMatching(/^USER:/),
      jti: expect.any(String),
      access: [],
      iat,
      nbf: iat,
      exp: iat + 300,
    });
  });

  test.each([
    ["WORKSPACE_ADMIN", ["pull", "push"]],
    ["DEPLOYMENT_ADMIN", ["pull", "push"]],
    ["DEPLOYMENT_EDITOR", ["pull", "push"]],
    ["DEPLOYMENT_VIEWER", ["pull"]],
    ["SYSTEM_ADMIN", ["pull", "push"]],
    ["WORKSPACE_EDITOR", undefined],
    ["WORKSPACE_VIEWER", undefined],
  ])("lets a %s do what the role says", async (role, actions) => {
    const place = role.startsWith("SYSTEM")
      ? {}
      : role.startsWith("WORKSPACE")
        ? { workspaceId: deployment.workspaceId }
        : { deploymentId: deployment.id };
    const { token } = await userWith(world, admin, role, place);
    const access = await accessOf(token, scopeOf(deployment), role.startsWith("SYSTEM") ? "" : scopeOf(other));
    expect(access).toEqual(actions === undefined ? {} : { [repository(deployment)]: actions });
  });

  test("takes the key of a service account, and names it", async () => {
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const answer = await request(`?service=docker-registry&scope=${scopeOf(deployment)}`, {
      authorization: basic(ci.token, "_"),
    });
    expect(decodeJwt(answer.json().token)).toMatchObject({
      sub: `SERVICE_ACCOUNT:${ci.id}`,
      access: [{ name: repository(deployment), actions: ["pull", "push"] }],
    });
  });

  test("takes the header as other clients send it", async () => {
    for (const authorization of [admin, `Bearer ${admin}`, `basic  ${basic(admin).slice(6)}`]) {
      expect((await request("", { authorization })).statusCode).toBe(200);
    }
  });

  test("opens base images to everybody, and to system editors for pushing", async () => {
    const scope = "repository:base-images/airflow:push,pull";
    expect(await accessOf((await signUp(world, { by: admin })).token, scope)).toEqual({
      "base-images/airflow": ["pull"],
    });
    expect(await accessOf((await userWith(world, admin, "SYSTEM_EDITOR")).token, scope)).toEqual({
      "base-images/airflow": ["push", "pull"],
    });
  });

  test("opens images for deleting to administrators of the system, and base images to whoever may push them", async () => {
    const scopes = [`repository:${repository(deployment)}:delete`, "repository:base-images/airflow:delete"] as const;
    const opened = async (role: string, place = {}) =>
      accessOf((await userWith(world, admin, role, place)).token, ...scopes);
    const both = { [repository(deployment)]: ["delete"], "base-images/airflow": ["delete"] };
    expect(await opened("SYSTEM_ADMIN")).toEqual(both);
    expect(await opened("SYSTEM_EDITOR")).toEqual({ "base-images/airflow": ["delete"] });
    expect(await opened("DEPLOYMENT_ADMIN", { deploymentId: deployment.id })).toEqual({});
    expect(await opened("WORKSPACE_ADMIN", { workspaceId: deployment.workspaceId })).toEqual({});
  });

  test("joins several scopes, and opens as many Deployments as one token may", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const all = [];
    for (let n = 0; n < 4; n++) all.push(await createDeployment(world, admin, { workspaceId }));
    const scopes = all.map((one) => `repository:${repository(one)}:pull`);
    expect(await accessOf(admin, scopes.join(" "), scopeOf(all[0]!))).toEqual(
      Object.fromEntries(all.slice(0, 3).map((one, n) => [repository(one), n === 0 ? ["pull", "push"] : ["pull"]])),
    );
  });

  test.each([
    ["an unknown Deployment", "repository:nowhere/airflow:pull"],
    ["another image of a Deployment", "repository:{release}/other:pull"],
    ["a longer name", "repository:a/{release}/airflow:pull"],
    ["a catalogue", "registry:catalog:*"],
    ["everything", "repository:{release}/airflow:*"],
    ["nothing", "repository:{release}/airflow:"],
    ["a plugin", "repository(plugin):nowhere/airflow:pull"],
  ])("opens nothing of %s", async (_name, scope) => {
    expect(await accessOf(admin, scope.replace("{release}", deployment.releaseName))).toEqual({});
  });

  test("opens nothing of a Deployment that was deleted", async () => {
    const gone = await createDeployment(world, admin);
    await world.send("mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }", { id: gone.id }, admin);
    expect(await accessOf(admin, scopeOf(gone))).toEqual({});
  });

  test.each([
    ["a scope without actions", "?scope=repository:a", "scope"],
    ["a scope that is none", "?scope=!!", "scope"],
    ["a scope beyond measure", `?scope=repository:${"a".repeat(1_000)}:pull`, "scope"],
    ["too many scopes", `?${"scope=repository:a:pull&".repeat(201)}`, "scope"],
    ["another service", "?service=elsewhere", "service"],
  ])("refuses %s", async (_name, query, argument) => {
    const answer = await request(query, { authorization: basic(admin) });
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { errors: [{ code: "UNSUPPORTED", message: expect.stringContaining(argument), details: { argument } }] },
    ]);
  });

  test.each([
    ["no credentials", undefined, "MISSING"],
    ["an empty password", basic(""), "MISSING"],
    ["a key that is none", basic("0".repeat(32)), "INVALID"],
    ["a token that is none", basic("a.b.c"), "INVALID"],
    ["no base64", "Basic !!", "MISSING"],
  ])("refuses %s", async (_name, authorization, reason) => {
    const answer = await request("", authorization === undefined ? {} : { authorization });
    expect([answer.statusCode, answer.json()]).toEqual([
      401,
      { errors: [{ code: "UNAUTHORIZED", message: expect.any(String), details: { reason } }] },
    ]);
    expect(answer.headers["www-authenticate"]).toBe(reason === "MISSING" ? "Bearer" : undefined);
  });

  test("a key that was taken away opens nothing any more", async () => {
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    await world.database.sql.query("DELETE FROM service_account WHERE id = $1", [ci.id]);
    expect((await request("", { authorization: basic(ci.token) })).statusCode).toBe(401);
  });
});

describe.each(registries)("with $kind", (registry) => {
  let world: RegistryWorld;
  let admin: string;
  let deployment: BuiltDeployment;

  beforeAll(async () => {
    world = await startRegistryWorld(registry);
    admin = await signUpAdmin(world);
    deployment = await createDeployment(world, admin);
  });
  afterAll(() => world.close());

  test("people and service accounts log in, and nobody else", async () => {
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    expect(await world.client(admin).logIn()).toBe(200);
    expect(await world.client(ci.token, "_").logIn()).toBe(200);
    expect(await world.client("wrong").logIn()).toBe(401);
  });

  test("who may push pushes, who may pull pulls, and others do neither", async () => {
    const repository = `${deployment.releaseName}/airflow`;
    const viewer = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const stranger = await signUp(world, { by: admin });
    const { digest } = await world.client(admin).push(repository, "deploy-1");
    expect(await world.client(admin).statusOf(repository, digest)).toBe(200);
    expect(await world.client(viewer.token).statusOf(repository, "deploy-1")).toBe(200);
    expect(await world.client(viewer.token).startUpload(repository)).toBe(401);
    expect(await world.client(stranger.token).statusOf(repository, "deploy-1")).toBe(401);
    expect(await world.client(admin).startUpload("elsewhere/airflow")).toBe(401);
  });
});
