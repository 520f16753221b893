import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { ask, createDeployment, deployImage, signUpAdmin } from "../../builders/api";
import { startTestApp, type TestApp } from "../../world/app";

let engine: Server;
let world: TestApp;
const sockets = new Set<Socket>();

beforeAll(async () => {
  // Takes requests and never answers.
  engine = createServer((socket) => sockets.add(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
  await once(engine, "listening");
  const { port } = engine.address() as AddressInfo;
  world = await startTestApp({
    workers: true,
    env: { ELASTICSEARCH_URL: `http://127.0.0.1:${port}`, DATABASE__POOL_SIZE: "1" },
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  engine.close();
  await world.close();
});

const OPEN = `SELECT application_name AS name FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'idle in transaction' AND application_name LIKE 'retrograde%'`;

test("while Elasticsearch is silent, exports hold connections of their own, and the only one for requests serves", async () => {
  const admin = await signUpAdmin(world);
  const deployment = await createDeployment(world, admin);
  await deployImage(world, admin, deployment);
  let open: { name: string }[] = [];
  for (let left = 300; left > 0 && open.length === 0; left--) {
    for (const socket of [...sockets].slice(0, -2)) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    open = await world.database.sql.query<{ name: string }>(OPEN);
  }
  expect([...new Set(open.map(({ name }) => name))]).toEqual(["retrograde-background"]);
  await ask(world, "{ workspaces { id } }", null, admin);
  await deployImage(world, admin, deployment, { image: "registry.example.com/airflow:next" });
}, 120_000);
