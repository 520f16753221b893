import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createDeployment, signUpAdmin, userWith } from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";
import { programPath, startCaddy, startNginx, type ReverseProxy, type Upstreams } from "../world/reverse-proxies";

/** Returns with the headers that arrived, in place of an Airflow. */
const airflow: Server = createServer((incoming, response) => response.end(JSON.stringify(incoming.headers)));
let world: TestApp;
let upstreams: Omit<Upstreams, "passesClientHeader">;
/** A user who may open the Airflow of the Deployment `own`, and not that of `victim`. */
let token: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => airflow.listen(0, "127.0.0.1", resolve));
  world = await startTestApp();
  const { port } = world.app.server.app.server.address() as AddressInfo;
  upstreams = { api: `127.0.0.1:${port}`, airflow: `127.0.0.1:${(airflow.address() as AddressInfo).port}` };
  const admin = await signUpAdmin(world);
  await createDeployment(world, admin, { releaseName: "victim" });
  const own = await createDeployment(world, admin, { releaseName: "own" });
  ({ token } = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: own.id }));
});
afterAll(async () => {
  airflow.closeAllConnections();
  await new Promise((resolve) => airflow.close(resolve));
  await world.close();
});

interface ProxyAnswer {
  readonly status: number | undefined;
  /** What the Airflow was told of the caller; undefined where the request did not reach it. */
  readonly role?: string;
}

/** The path goes out as it stands; `fetch` would resolve its dots. */
function open(
  proxy: ReverseProxy,
  path: string,
  headers: Record<string, string | string[]> = {},
): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(proxy.url, { path, headers: { authorization: token, ...headers } }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => {
        const reached = response.statusCode === 200 ? (JSON.parse(body) as Record<string, string>) : {};
        const role = reached["x-auth-request-role"];
        resolve({ status: response.statusCode, ...(role !== undefined && { role }) });
      });
    });
    outgoing.on("error", reject).end();
  });
}

const PROXIES = [
  { name: "caddy", start: startCaddy, passesClientHeader: false },
  { name: "caddy", start: startCaddy, passesClientHeader: true },
  { name: "nginx", start: startNginx, passesClientHeader: false },
  { name: "nginx", start: startNginx, passesClientHeader: true },
];

for (const { name, start, passesClientHeader } of PROXIES) {
  const program = programPath(name);
  // Debian's packages caddy and nginx-light; .ci/install-test-servers brings them.
  (program === null ? describe.skip : describe)(
    `behind ${name} as the guide configures it${passesClientHeader ? ", but for the removal of the client's header" : ""}`,
    () => {
      let proxy: ReverseProxy;
      beforeAll(async () => {
        proxy = await start(program ?? "", { ...upstreams, passesClientHeader });
      });
      afterAll(() => proxy.close());

      test("the caller reaches their own Airflow, with the role that the API gives them", async () => {
        expect(await open(proxy, "/own/airflow/home")).toEqual({ status: 200, role: "Viewer" });
        expect(await open(proxy, "/own/airflow/home", { "x-auth-request-role": "Admin" })).toEqual({
          status: 200,
          role: "Viewer",
        });
      });

      test.each([
        "/victim/airflow/home",
        "/own/airflow/../../victim/airflow/home",
        "/own/airflow/%2e%2e/%2e%2e/victim/airflow/home",
        "//victim/airflow",
        "/victim//airflow/home",
      ])("%s is refused", async (path) => {
        const { status, role } = await open(proxy, path);
        expect(status).not.toBe(200);
        expect(role).toBeUndefined();
      });

      test.each<Record<string, string | string[]>>([
        { "X-Original-URL": "/own/airflow/home" },
        { "X-Forwarded-Uri": "/own/airflow/home" },
        { "X-Original-URL": "/own/airflow/home", "X-Forwarded-Uri": "/own/airflow/home" },
        { "X-Original-URL": ["/own/airflow/home", "/own/airflow/home"] },
        { "X-Forwarded-Uri": ["/own/airflow/home", "/victim/airflow/home"] },
        { "X-Forwarded-Host": "127.0.0.1", "X-Forwarded-Uri": "/own/airflow/home", "X-Forwarded-Method": "GET" },
      ])("another Deployment stays closed to a client that sends %j", async (headers) => {
        const { role } = await open(proxy, "/victim/airflow/home", headers);
        expect(role).toBeUndefined();
      });
    },
  );
}
