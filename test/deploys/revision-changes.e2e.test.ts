import { newId } from "../../src/kernel/ids";
import {
  applyOnce,
  ask,
  createDeployment,
  deployImage,
  finish,
  rollBack,
  signUpAdmin,
  userWith,
} from "../builders/api";
import { ScriptedDriver } from "../builders/drivers";
import { closeSockets, RawSocket, socketUrl } from "../builders/socket";
import { startTestApp, type TestApp } from "../world/app";

const FOLLOW = `subscription ($id: Uuid!) {
  deployRevisionChanged(deploymentUuid: $id) { number status statusReason isCurrent isRollback deployment { currentRevision { number } } }
}`;

const DIALECTS = [
  { protocol: "graphql-transport-ws", start: "subscribe", next: "next" },
  { protocol: "graphql-ws", start: "start", next: "data" },
] as const;
const [TODAY] = DIALECTS;

/** Returns once the subscription has begun, of which a client is not told. */
async function followed(...args: Parameters<typeof follow>): Promise<RawSocket> {
  const looks = jest.spyOn(args[0].app.features.deploys.readModel, "changedSince");
  const socket = await follow(...args);
  while (!looks.mock.calls.some(([id]) => id === args[2])) await new Promise(setImmediate);
  looks.mockRestore();
  return socket;
}

async function follow(
  world: TestApp,
  token: string,
  id: string,
  { protocol, start } = TODAY as (typeof DIALECTS)[number],
): Promise<RawSocket> {
  const socket = await RawSocket.connect(socketUrl(world.app.server), protocol);
  socket.send({ type: "connection_init", payload: { authorization: token } });
  await socket.untilType("connection_ack");
  socket.send({ id: "1", type: start, payload: { query: FOLLOW, variables: { id } } });
  return socket;
}

const events = ({ messages }: RawSocket) =>
  messages
    .filter(({ id, payload }) => id === "1" && payload?.data)
    .map(({ payload }) => payload.data.deployRevisionChanged);
const told = (socket: RawSocket): string[] => events(socket).map(({ number, status }) => `${number} ${status}`);
const untilNotified = (socket: RawSocket, event: string) => socket.until(() => told(socket).includes(event));

let world: TestApp;
let other: TestApp;
let admin: string;
const driver = new ScriptedDriver();

beforeAll(async () => {
  world = await startTestApp();
  other = await startTestApp({ database: world.database, driver });
  admin = await signUpAdmin(world);
});
afterEach(closeSockets);
afterAll(async () => {
  await other.close();
  await world.close();
});

test("nobody follows so many histories that there is nothing left for others", async () => {
  const deployment = await createDeployment(world, admin);
  const { token } = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
  const sockets = await Promise.all(Array.from({ length: 3 }, () => follow(world, token, deployment.id)));
  for (const socket of sockets) {
    for (let n = 2; n <= 50; n++)
      socket.send({ id: String(n), type: "subscribe", payload: { query: FOLLOW, variables: { id: deployment.id } } });
  }
  const { payload } = await Promise.any(sockets.map((socket) => socket.untilType("error")));
  expect(payload[0].extensions).toEqual({ code: "UNAVAILABLE", retryAfterSeconds: 10 });
  const other = await followed(world, admin, deployment.id);
  await deployImage(world, admin, deployment);
  await untilNotified(other, "1 DEPLOYED");
});

test.each(DIALECTS)("$protocol tells each change from then on, whichever replica made it", async (dialect) => {
  const deployment = await createDeployment(world, admin);
  const first = await deployImage(world, admin, deployment);
  const socket = await followed(world, admin, deployment.id, dialect);

  const second = await deployImage(other, admin, deployment, { rollOut: false });
  await untilNotified(socket, "2 INITIALIZED");
  const third = await deployImage(world, admin, deployment, { rollOut: false });
  await untilNotified(socket, "3 INITIALIZED");
  await finish(world, third.id);
  await untilNotified(socket, "3 DEPLOYED");
  const back = await rollBack(other, admin, deployment.id, first.id, { rollOut: false });
  await untilNotified(socket, "4 INITIALIZED");
  await finish(world, back.id);
  await untilNotified(socket, "4 DEPLOYED");

  expect(second.number).toBe(2);
  expect(told(socket)).toEqual([
    "1 DEPLOYED",
    "2 INITIALIZED",
    "2 SUPERSEDED",
    "3 INITIALIZED",
    "3 DEPLOYED",
    "4 INITIALIZED",
    "4 DEPLOYED",
  ]);
  expect(events(socket).map(({ deployment: { currentRevision } }) => currentRevision.number)).toEqual([
    1, 1, 1, 1, 3, 3, 4,
  ]);
  expect(events(socket)[2].statusReason).toBe("Superseded by revision 3");
  expect(events(socket).at(-1)).toMatchObject({ isCurrent: true, isRollback: true });
});

test("a revision that was unfinished before is told of when it fails", async () => {
  const deployment = await createDeployment(world, admin);
  driver.reject("missing");
  const { id } = await deployImage(world, admin, deployment, {
    image: "registry.example.com/airflow:missing",
    rollOut: false,
  });
  const socket = await followed(world, admin, deployment.id);
  await applyOnce(other, id);
  await untilNotified(socket, "1 FAILED");
  expect(events(socket)).toMatchObject([
    { number: 1, status: "INITIALIZED", statusReason: null },
    { number: 1, status: "FAILED", statusReason: "missing can never run" },
  ]);
});

test("it begins with the newest revision, and tells of what comes after that one", async () => {
  const deployment = await createDeployment(world, admin);
  await deployImage(world, admin, deployment);
  await deployImage(world, admin, deployment);
  const socket = await follow(world, admin, deployment.id);
  await untilNotified(socket, "2 DEPLOYED");
  expect(events(socket)).toMatchObject([
    { number: 2, isCurrent: true, deployment: { currentRevision: { number: 2 } } },
  ]);
  await deployImage(other, admin, deployment);
  await untilNotified(socket, "3 DEPLOYED");
  expect(told(socket).filter((event) => !event.endsWith("INITIALIZED"))).toEqual(["2 DEPLOYED", "3 DEPLOYED"]);
});

test("a revision that is over before anybody looks is told of once, and other Deployments' are not", async () => {
  const [deployment, another] = [await createDeployment(world, admin), await createDeployment(world, admin)];
  const socket = await followed(world, admin, deployment.id);
  await deployImage(world, admin, another);
  for (let number = 1; number <= 3; number++) await deployImage(world, admin, deployment);
  await untilNotified(socket, "3 DEPLOYED");
  const final = told(socket).filter((event) => !event.endsWith("INITIALIZED"));
  expect(final).toEqual(["1 DEPLOYED", "2 DEPLOYED", "3 DEPLOYED"]);
});

test.each([
  ["an unknown Deployment", "NOT_FOUND", async () => ({ token: admin, id: newId() })],
  ["an id that is none", "NOT_FOUND", async () => ({ token: admin, id: "" })],
  [
    "a Deployment that the reader does not see",
    "NOT_FOUND",
    async () => {
      const { workspaceId } = await createDeployment(world, admin);
      const { token } = await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId });
      return { token, id: (await createDeployment(world, admin)).id };
    },
  ],
  [
    "a Deployment that the reader sees without its history",
    "FORBIDDEN",
    async () => {
      const { id, workspaceId } = await createDeployment(world, admin);
      const { token } = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
      return { token, id };
    },
  ],
])("nobody follows %s", async (_what, code, arrange) => {
  const { token, id } = await arrange();
  const socket = await follow(world, token, id);
  const { payload } = await socket.until((message) => message.id === "1");
  expect(payload).toMatchObject([{ extensions: { code } }]);
  expect(events(socket)).toEqual([]);
});

describe("it ends", () => {
  test("when the role is taken away", async () => {
    const deployment = await createDeployment(world, admin);
    const user = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const socket = await followed(world, user.token, deployment.id);
    await world.database.sql.query("DELETE FROM role_binding WHERE user_id = $1", [user.id]);
    expect(await socket.untilType("error")).toMatchObject({
      id: "1",
      payload: [{ extensions: { code: "NOT_FOUND" } }],
    });
    await deployImage(world, admin, deployment);
    expect(events(socket)).toEqual([]);
  });

  test("when the user is removed: the connection does", async () => {
    const deployment = await createDeployment(world, admin);
    const user = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const socket = await followed(world, user.token, deployment.id);
    await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [user.id]);
    expect((await socket.closed).code).toBe(4403);
  });

  test.each([false, true])("when the Deployment is deleted (for good: %s)", async (hard) => {
    const deployment = await createDeployment(world, admin);
    const socket = await followed(world, admin, deployment.id);
    const query =
      "mutation ($id: Uuid!, $hard: Boolean) { deleteDeployment(deploymentUuid: $id, deploymentHardDelete: $hard) { id } }";
    await ask(world, query, { id: deployment.id, hard }, admin);
    expect(await socket.untilType("error")).toMatchObject({
      id: "1",
      payload: [{ extensions: { code: "NOT_FOUND" } }],
    });
  });
});
