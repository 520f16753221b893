import { newId } from "../../src/kernel/ids";
import { toInstant } from "../../src/kernel/instant";
import { LogLineStore } from "../../src/features/logs/db/log-line-store";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import {
  ask,
  createDeployment as build,
  createWorkspace,
  serviceAccountWith,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { closeSockets, RawSocket, socketUrl, type Message } from "../builders/socket";
import { startTestApp, type TestApp } from "../world/app";
import { newLine } from "./lines";

const REFUSED = "You do not have the appropriate permissions for that";

/** The CLI's document, tabs and all: it is sent as one JSON string. */
const CLI_QUERY = `
    subscription log(
		$deploymentId: Uuid!
		$component: String
		$timestamp: DateTime
		$search: String
    ) {
      	log(
			deploymentUuid: $deploymentId
			component: $component
			timestamp: $timestamp
			search: $search
      ) {
        	id
        	createdAt: timestamp
        	log: message
      }
    }`;

interface Follow {
  readonly deploymentId: string;
  readonly component?: string;
  readonly search?: string;
  readonly timestamp?: string;
}

/** As Go writes it: keys in this order, nine fractional digits. */
function cliStart({ deploymentId, component = "", search = "", timestamp = nanoseconds(Date.now()) }: Follow): string {
  return `{"type":"start","payload":{"query":${JSON.stringify(CLI_QUERY)},"variables":${JSON.stringify({ component, deploymentId, search, timestamp })}}}`;
}
const cliInit = (token: string): string =>
  `{"type":"connection_init","payload":{"authorization":${JSON.stringify(token)}}}`;
const nanoseconds = (ms: number): string => toInstant(ms).replace("Z", "123456Z");

/** `astro deployment logs … --follow`: both messages at once, nothing awaited. */
async function followAsCli(world: TestApp, token: string, follow: Follow): Promise<RawSocket> {
  const socket = await RawSocket.connect(socketUrl(world.app.server), "graphql-ws");
  socket.send(cliInit(token), cliStart(follow));
  return socket;
}

const TODAY =
  "subscription ($id: Uuid!, $since: DateTime, $component: String, $search: String) { log(deploymentUuid: $id, timestamp: $since, component: $component, search: $search) { id timestamp message } }";

async function followToday(world: TestApp, token: string, variables: object): Promise<RawSocket> {
  const socket = await RawSocket.connect(socketUrl(world.app.server), "graphql-transport-ws");
  socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
  await socket.untilType("connection_ack");
  socket.send({ id: "1", type: "subscribe", payload: { query: TODAY, variables } });
  return socket;
}

const printed = (socket: RawSocket): string =>
  socket.messages
    .filter(({ type }) => type === "data")
    .map(({ payload }) => payload.data.log.log as string)
    .join("");
const prints = (text: string) => (message: Message) =>
  message.type === "data" && message.payload.data.log.log === `${text}\n`;
const tells = (text: string) => (message: Message) =>
  message.type === "next" && message.payload.data.log.message === text;

async function write(
  world: TestApp,
  { id, releaseName, workspaceId }: BuiltDeployment,
  ...lines: { message: string; component?: string; createdAt?: string }[]
) {
  await new LogLineStore(world.database.sql).add(
    lines.map((one) =>
      newLine({
        deploymentId: id,
        releaseName,
        workspaceId,
        component: "scheduler",
        createdAt: toInstant(Date.now()),
        ...one,
      }),
    ),
  );
}

/** Without a line of its own: turning rollbacks on writes one. */
const createDeployment = (world: TestApp, token: string): Promise<BuiltDeployment> =>
  build(world, token, { rollbackEnabled: false });

const POLL_EVERY_MS = 50;
let world: TestApp;
let admin: string;

beforeAll(async () => {
  world = await startTestApp({ env: { ELASTICSEARCH__POLL_INTERVAL: String(POLL_EVERY_MS) } });
  admin = await signUpAdmin(world);
});
afterEach(closeSockets);
afterAll(() => world.close());

describe("a log that is followed", () => {
  test("comes as the CLI prints it: from the instant on, then as it appears, an end of line behind each", async () => {
    const deployment = await createDeployment(world, admin);
    const since = Date.now() - 60_000;
    await write(
      world,
      deployment,
      { message: "too old", createdAt: toInstant(since - 1) },
      { message: "first", createdAt: toInstant(since + 1) },
      { message: "with its own end\n", createdAt: toInstant(since + 2) },
    );
    const socket = await followAsCli(world, admin, { deploymentId: deployment.id, timestamp: nanoseconds(since) });
    await socket.until(prints("with its own end"));
    await write(world, deployment, { message: "second" }, { message: "third" });
    await socket.until(prints("third"));
    expect(printed(socket)).toBe("first\nwith its own end\nsecond\nthird\n");
    expect(socket.types.slice(0, 2)).toEqual(["connection_ack", "ka"]);
    for (const { payload } of socket.messages)
      expect(payload === undefined || (typeof payload === "object" && !Array.isArray(payload))).toBe(true);
  });

  test("comes as it was written to clients of today's protocol", async () => {
    const deployment = await createDeployment(world, admin);
    const socket = await followToday(world, admin, { id: deployment.id, since: toInstant(Date.now()) });
    await write(world, deployment, { message: "a line" });
    const { payload } = await socket.until(tells("a line"));
    expect(payload.data.log).toEqual({
      id: expect.any(String),
      timestamp: expect.stringMatching(/Z$/),
      message: "a line",
    });
  });

  test.each([
    ["worker", ["of a worker"]],
    ["workers", ["of a worker"]],
    ["deploy-rollback", ["of a rollback"]],
    ["", ["of the scheduler", "of a worker", "of a rollback"]],
  ])("of the component %j holds only its lines, and so does `logs`", async (component, expected) => {
    const deployment = await createDeployment(world, admin);
    const timestamp = nanoseconds(Date.now() - 1_000);
    const socket = await followAsCli(world, admin, { deploymentId: deployment.id, component, search: "of", timestamp });
    await write(
      world,
      deployment,
      { message: "of the scheduler" },
      { message: "nothing to see" },
      { message: "of a worker", component: "worker" },
      { message: "of a rollback", component: "deploy-rollback" },
    );
    await socket.until(prints(expected.at(-1) ?? ""));
    expect(printed(socket)).toBe(expected.map((line) => `${line}\n`).join(""));

    const query =
      "query ($id: Uuid!, $component: String, $timestamp: DateTime, $search: String) { logs(deploymentUuid: $id, component: $component, timestamp: $timestamp, search: $search) { message } }";
    const { logs } = await ask(world, query, { id: deployment.id, component, timestamp, search: "of" }, admin);
    expect(logs.map(({ message }: { message: string }) => message)).toEqual(expected);
  });

  test("has no gap and no line twice between what was there and what comes, however much it is", async () => {
    const deployment = await createDeployment(world, admin);
    const since = Date.now();
    const earlier = Array.from({ length: 2_500 }, (_, number) => ({
      message: `#${number}`,
      createdAt: toInstant(since + Math.floor(number / 700)),
    }));
    await write(world, deployment, ...earlier);
    const socket = await followAsCli(world, admin, { deploymentId: deployment.id, timestamp: nanoseconds(since) });
    await socket.until(({ type }) => type === "data");
    for (let number = 2_500; number < 2_520; number++) await write(world, deployment, { message: `#${number}` });
    await socket.until(prints("#2519"));
    expect(printed(socket)).toBe(Array.from({ length: 2_520 }, (_, number) => `#${number}\n`).join(""));
  });

  test("has lines that arrive late, or with the instant of one that was read already", async () => {
    const deployment = await createDeployment(world, admin);
    const now = Date.now();
    const socket = await followAsCli(world, admin, {
      deploymentId: deployment.id,
      timestamp: nanoseconds(now - 60_000),
    });
    await write(world, deployment, { message: "on time", createdAt: toInstant(now) });
    await socket.until(prints("on time"));
    await write(
      world,
      deployment,
      { message: "same instant", createdAt: toInstant(now) },
      { message: "late", createdAt: toInstant(now - 10_000) },
    );
    await socket.until(prints("same instant"));
    await socket.until(prints("late"));
    await write(world, deployment, { message: "of the future", createdAt: toInstant(now + 3_600_000) });
    await socket.until(prints("of the future"));
    await write(world, deployment, { message: "after it" });
    await socket.until(prints("after it"));
    expect(printed(socket).split("\n").sort()).toEqual([
      "",
      "after it",
      "late",
      "of the future",
      "on time",
      "same instant",
    ]);
  });
});

describe("who may follow", () => {
  test.each([
    ["an unknown Deployment", async () => ({ token: admin, id: newId() }), "Deployment not found"],
    ["an id that is none", async () => ({ token: admin, id: "" }), "Deployment not found"],
    [
      "a Deployment of another Workspace",
      async () => {
        const workspaceId = await createWorkspace(world, admin);
        const { token } = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
        return { token, id: (await createDeployment(world, admin)).id };
      },
      "Deployment not found",
    ],
    [
      "a Deployment that the user sees without its logs",
      async () => {
        const deployment = await createDeployment(world, admin);
        const { token } = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: deployment.workspaceId });
        return { token, id: deployment.id };
      },
      REFUSED,
    ],
  ])("nobody follows %s", async (_what, arrange, message) => {
    const { token, id } = await arrange();
    const socket = await followAsCli(world, token, { deploymentId: id });
    expect((await socket.closed).code).toBe(4403);
    expect(socket.messages.at(-1)).toMatchObject({ type: "error", payload: { message } });
  });

  test.each(["DEPLOYMENT_VIEWER", "SYSTEM_VIEWER"])("a %s does", async (role) => {
    const deployment = await createDeployment(world, admin);
    const { token } = await userWith(
      world,
      admin,
      role,
      role === "SYSTEM_VIEWER" ? {} : { deploymentId: deployment.id },
    );
    const socket = await followAsCli(world, token, {
      deploymentId: deployment.id,
      timestamp: nanoseconds(Date.now() - 1_000),
    });
    await write(world, deployment, { message: "seen" });
    await socket.until(prints("seen"));
  });

  test.each(["stale", "e30.e30.e30", ""])(
    "the token %j ends it, which the CLI takes for an expired one",
    async (token) => {
      const deployment = await createDeployment(world, admin);
      const socket = await followAsCli(world, token, { deploymentId: deployment.id });
      expect((await socket.closed).code).toBe(4403);
      expect(socket.types).toEqual(["connection_error"]);
    },
  );
});

describe("the log ends by itself", () => {
  /** Follows as somebody with a role there, with a line received. */
  async function following(role = "DEPLOYMENT_VIEWER") {
    const deployment = await createDeployment(world, admin);
    const user = await userWith(world, admin, role, { deploymentId: deployment.id });
    const [cli, today] = [
      await followAsCli(world, user.token, { deploymentId: deployment.id, timestamp: nanoseconds(Date.now() - 1_000) }),
      await followToday(world, user.token, { id: deployment.id, since: toInstant(Date.now() - 1_000) }),
    ];
    await write(world, deployment, { message: "seen" });
    await Promise.all([cli.until(prints("seen")), today.until(tells("seen"))]);
    return { deployment, user, cli, today };
  }

  async function endsSoon(sockets: { cli: RawSocket; today: RawSocket }, code: string): Promise<void> {
    const started = performance.now();
    const { payload } = await sockets.today.untilType("error");
    expect(payload).toMatchObject([{ extensions: { code } }]);
    expect(await sockets.cli.closed).toMatchObject({ code: 4403 });
    // Long before the half minute after which everything is asked again in any case.
    expect(performance.now() - started).toBeLessThan(5_000);
  }

  test("when the role is taken away", async () => {
    const { user, deployment, ...sockets } = await following();
    await world.database.sql.query("DELETE FROM role_binding WHERE user_id = $1", [user.id]);
    await endsSoon(sockets, "NOT_FOUND");
    await write(world, deployment, { message: "not for you" });
    expect(printed(sockets.cli)).not.toContain("not for you");
  });

  test("when the Deployment is deleted", async () => {
    const { deployment, ...sockets } = await following();
    await ask(
      world,
      "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
      { id: deployment.id },
      admin,
    );
    await endsSoon(sockets, "NOT_FOUND");
  });

  test("when the user is removed: the connection does", async () => {
    const { user, cli, today } = await following();
    await world.database.sql.query("DELETE FROM app_user WHERE id = $1", [user.id]);
    expect((await cli.closed).code).toBe(4403);
    expect((await today.closed).code).toBe(4403);
  });

  test("when the service account is deleted", async () => {
    const deployment = await createDeployment(world, admin);
    const account = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const socket = await followAsCli(world, account.token, { deploymentId: deployment.id });
    await socket.untilType("connection_ack");
    const query =
      "mutation ($id: Uuid!, $deployment: Uuid!) { deleteDeploymentServiceAccount(serviceAccountUuid: $id, deploymentUuid: $deployment) { id } }";
    await ask(world, query, { id: account.id, deployment: deployment.id }, admin);
    expect((await socket.closed).code).toBe(4403);
  });

  test("when a change of access leaves the reader's rights as they are, it goes on", async () => {
    const { deployment, cli } = await following();
    await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    await new Promise((resolve) => world.app.features.access.watch.onChange(() => resolve(null)));
    await write(world, deployment, { message: "still there" });
    await cli.until(prints("still there"));
  });
});

test("when the token expires the connection is closed", async () => {
  const deployment = await createDeployment(world, admin);
  const user = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
  const shortLived = await startTestApp({ database: world.database, env: { JWT__AUTH_DURATION: "4000" } });
  try {
    const token = await shortLived.app.features.access.issueToken(user.id);
    const socket = await followAsCli(shortLived, token, { deploymentId: deployment.id });
    await socket.untilType("connection_ack");
    expect(await socket.closed).toEqual({ code: 4403, reason: "The session has ended" });
  } finally {
    await shortLived.close();
  }
});

test("two hundred who follow one log cost hardly more statements than one", async () => {
  const deployment = await createDeployment(world, admin);
  const timestamp = nanoseconds(Date.now() - 1_000);
  const sockets = await Promise.all(
    Array.from({ length: 200 }, () => followAsCli(world, admin, { deploymentId: deployment.id, timestamp })),
  );
  await write(world, deployment, { message: "before" });
  await Promise.all(sockets.map((socket) => socket.until(prints("before"))));

  const asked = jest.spyOn(world.app.features.logs.search, "oldest");
  const started = performance.now();
  for (const message of ["one", "two", "three"]) {
    await write(world, deployment, { message });
    await Promise.all(sockets.map((socket) => socket.until(prints(message))));
  }
  for (const socket of sockets) expect(printed(socket)).toBe("before\none\ntwo\nthree\n");
  // As often as one reader would have asked in that time, a page or two more for what came.
  const polls = (performance.now() - started) / POLL_EVERY_MS;
  expect(asked.mock.calls.length).toBeLessThan(polls + 20);
  asked.mockRestore();
});

test("nobody follows so many different logs that there is none left for others", async () => {
  const deployment = await createDeployment(world, admin);
  const greedy = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
  const message = "x".repeat(100);
  await write(world, deployment, { message });
  const since = toInstant(Date.now() - 60_000);
  const sockets = await Promise.all(
    [0, 1].map(() => followToday(world, greedy.token, { id: deployment.id, since, search: message })),
  );
  for (const [at, socket] of sockets.entries()) {
    for (let n = 2; n <= 50; n++)
      socket.send({
        id: String(n),
        type: "subscribe",
        payload: { query: TODAY, variables: { id: deployment.id, since, search: message.slice(0, 50 * at + n - 1) } },
      });
  }
  // Each of them has got the line, or was refused.
  for (const socket of sockets) await socket.until(() => new Set(socket.messages.map(({ id }) => id)).size === 51);
  const refused = sockets.flatMap(({ messages }) => messages.filter(({ type }) => type === "error"));
  expect(refused.length).toBeGreaterThan(50);
  expect(refused[0]?.payload[0].extensions).toEqual({ code: "UNAVAILABLE", retryAfterSeconds: 10 });

  const other = await followAsCli(world, admin, {
    deploymentId: deployment.id,
    timestamp: nanoseconds(Date.now() - 60_000),
  });
  await other.until(prints(message));
});

describe("with Elasticsearch", () => {
  let elasticsearch: FakeElasticsearch;
  let other: TestApp;
  let token: string;
  beforeAll(async () => {
    elasticsearch = await new FakeElasticsearch().start();
    other = await startTestApp({ env: { ELASTICSEARCH_URL: elasticsearch.url, ELASTICSEARCH__POLL_INTERVAL: "50" } });
    token = await signUpAdmin(other);
  });
  afterAll(async () => {
    closeSockets();
    await other.close();
    await elasticsearch.stop();
  });

  function collected({ releaseName }: BuiltDeployment, id: string, message: string, component = "webserver"): void {
    elasticsearch.cluster.index(`fluentd.${releaseName}.2024.11.11`, id, {
      "@timestamp": nanoseconds(Date.now()),
      release: releaseName,
      component,
      message,
    });
    elasticsearch.cluster.refresh("*");
  }

  test("collectors' lines are followed, each once, also over an outage", async () => {
    const deployment = await createDeployment(other, token);
    const socket = await followAsCli(other, token, {
      deploymentId: deployment.id,
      component: "webserver",
      timestamp: nanoseconds(Date.now() - 1_000),
    });
    collected(deployment, "a", "before the outage");
    await socket.until(prints("before the outage"));

    elasticsearch.fail("search", { kind: "status", status: 503 }, 1);
    elasticsearch.fail("search", { kind: "drop", when: "before" }, 1);
    const asked = elasticsearch.requests.length;
    collected(deployment, "b", "in the outage");
    collected(deployment, "c", "of another component", "scheduler");
    while (elasticsearch.requests.length < asked + 2) await new Promise(setImmediate);
    await socket.until(prints("in the outage"));
    expect(printed(socket)).toBe("before the outage\nin the outage\n");
    expect(socket.types).not.toContain("error");
  });

  test("nothing is asked any more once nobody follows", async () => {
    const deployment = await createDeployment(other, token);
    const socket = await followAsCli(other, token, {
      deploymentId: deployment.id,
      timestamp: nanoseconds(Date.now() - 1_000),
    });
    collected(deployment, "d", "seen");
    await socket.until(prints("seen"));
    socket.socket.close(1000, '{"id":"1","type":"stop"}');
    await socket.closed;
    const tails = other.app.features.logs.tails as unknown as { size: number };
    while (tails.size > 0) await new Promise(setImmediate);
  });
});
