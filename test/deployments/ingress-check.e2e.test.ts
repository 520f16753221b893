import {
  bindRole,
  createDeployment,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
let deployment: BuiltDeployment;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin);
});
afterAll(() => world.close());

const check = async (token: string | undefined, path: string, header = "x-original-url") => {
  const url = `https://deployments.example.com/${deployment.releaseName}${path}`;
  const { statusCode, headers } = await world.app.server.app.inject({
    url: "/v1/authorization",
    headers: { [header]: url, ...(token !== undefined && { authorization: token }) },
  });
  return [statusCode, headers["x-auth-request-role"]];
};

test.each([
  ["DEPLOYMENT_ADMIN", "Admin", 200, 200, 200],
  ["DEPLOYMENT_EDITOR", "User", 200, 200, 200],
  ["DEPLOYMENT_VIEWER", "Viewer", 403, 403, 200],
  ["WORKSPACE_ADMIN", "Admin", 200, 200, 200],
  ["SYSTEM_VIEWER", "Viewer", 403, 403, 200],
])("a %s is %s in Airflow", async (role, airflowRole, flower, upload, download) => {
  const place = role.startsWith("SYSTEM")
    ? {}
    : role.startsWith("WORKSPACE")
      ? { workspaceId: deployment.workspaceId }
      : { deploymentId: deployment.id };
  const { token } = await userWith(world, admin, role, place);
  expect(await check(token, "/airflow/home")).toEqual([200, airflowRole]);
  const statuses = [];
  for (const path of ["/flower/", "/dags/upload", "/dags/download"]) {
    const [status, answered] = await check(token, path);
    statuses.push(status);
    if (status === 200) expect(answered).toBe(airflowRole);
  }
  expect(statuses).toEqual([flower, upload, download]);
});

test("a service account gets in by its key, in whatever header the proxy puts the URL", async () => {
  const { token } = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
  expect(await check(`Bearer ${token}`, "/airflow/api/v1/dags", "x-forwarded-uri")).toEqual([200, "User"]);
});

test("tells who it is, in a header's characters", async () => {
  const { id, token } = await signUp(world, { by: admin });
  // No user name has a line break any more, but those from before may.
  await world.database.sql.query("UPDATE app_user SET username = $2 WHERE id = $1", [id, "Zoë\r\nX-Evil: 1"]);
  await bindRole(world, id, "SYSTEM_VIEWER");
  const { headers } = await world.app.server.app.inject({
    url: "/v1/authorization",
    headers: { "x-original-url": `/${deployment.releaseName}/airflow`, authorization: token },
  });
  expect(headers["x-auth-request-user"]).toBe("Zo%C3%AB%0D%0AX-Evil%3A 1");
  expect(headers).not.toHaveProperty("x-evil");
});

test("refuses everybody else, and every other URL, in the two ways that a proxy knows", async () => {
  const stranger = await signUp(world, { by: admin });
  const other = await createDeployment(world, admin);
  const elsewhere = await userWith(world, admin, "DEPLOYMENT_ADMIN", { deploymentId: other.id });
  expect(await check(undefined, "/airflow")).toEqual([401, undefined]);
  expect(await check("stale", "/airflow")).toEqual([401, undefined]);
  for (const token of [stranger.token, elsewhere.token])
    expect(await check(token, "/airflow")).toEqual([403, undefined]);
  for (const path of ["", "/airflows", "/../nowhere/airflow", "/dags"])
    expect(await check(admin, path)).toEqual([403, undefined]);
  const { statusCode } = await world.app.server.app.inject({
    url: "/v1/authorization",
    headers: { authorization: admin },
  });
  expect(statusCode).toBe(403);
});

describe("two headers, of which the client can send one", () => {
  const own = (): string => `/${deployment.releaseName}/airflow`;
  const ask = async (headers: Record<string, string>, app = world.app) =>
    (await app.server.app.inject({ url: "/v1/authorization", headers: { authorization: admin, ...headers } }))
      .statusCode;

  test("count only where they lead to the same target", async () => {
    const { releaseName } = await createDeployment(world, admin);
    expect(await ask({ "x-original-url": own(), "x-forwarded-uri": own() })).toBe(200);
    expect(await ask({ "x-original-url": own(), "x-forwarded-uri": `/${releaseName}/airflow` })).toBe(403);
    expect(await ask({ "x-forwarded-uri": own(), "x-original-url": `/${releaseName}/airflow` })).toBe(403);
  });

  test("the one that the configuration names has to be there", async () => {
    const pinned = await startTestApp({
      env: { DEPLOYMENTS__INGRESS_CHECK__HEADER: "X-Forwarded-Uri" },
      database: world.database,
    });
    try {
      expect(await ask({ "x-original-url": own() }, pinned.app)).toBe(403);
      expect(await ask({ "x-forwarded-uri": own() }, pinned.app)).toBe(200);
    } finally {
      await pinned.close();
    }
  });
});
