import type { LightMyRequestResponse } from "fastify";
import { Client } from "pg";
import {
  ask,
  createDeployment,
  createWorkspace,
  deployImage,
  signUpAdmin,
  UPDATE_IMAGE,
  type BuiltDeployment,
} from "../../builders/api";
import { cliParts, dagArchive, postForm, uploadDags } from "../../builders/dags";
import { closeSockets, RawSocket, socketUrl } from "../../builders/socket";
import { startTestApp, type TestApp } from "../../world/app";
import { administer } from "../../world/database";
import { startLoggedApp, type LoggedApp } from "../../world/logged-app";
import { TcpProxy } from "../../world/tcp-proxy";

const DAGS = { "etl.py": "print('a')\n" };
/** More than any door may take, on a machine that is busy. */
const PATIENCE_MS = 60_000;

let direct: TestApp;
let proxy: TcpProxy;
let world: LoggedApp;
let admin: string;
let deployment: BuiltDeployment;
let other: BuiltDeployment;

beforeAll(async () => {
  direct = await startTestApp();
  proxy = await TcpProxy.start({ target: direct.database.url });
  world = await startLoggedApp({ ...direct, database: { ...direct.database, url: proxy.url } });
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  other = await createDeployment(world, admin);
  await deployImage(world, admin, deployment);
  await uploadDags(world, admin, deployment, DAGS);
});
afterEach(async () => {
  closeSockets();
  await proxy.accept();
  proxy.thaw();
});
afterAll(async () => {
  await proxy.accept();
  proxy.thaw();
  await world.close();
  await proxy.stop();
  await direct.close();
});

interface Refused {
  /** Null over a socket. */
  readonly status: number | null;
  readonly code: unknown;
  readonly retryAfter: unknown;
}

const inject = (url: string, method: "GET" | "POST" = "GET", payload?: string): Promise<LightMyRequestResponse> =>
  world.app.server.app.inject({
    method,
    url,
    headers: {
      authorization: admin,
      ...(payload !== undefined && {
        "content-type": "application/x-www-form-urlencoded",
        host: "api.example.com",
        origin: "http://api.example.com",
      }),
    },
    ...(payload !== undefined && { payload }),
  });

async function overGraphql(query: string, variables: object): Promise<Refused> {
  const { status, errors } = await world.send(query, variables, admin);
  return { status, code: errors?.[0]?.extensions.code, retryAfter: errors?.[0]?.extensions["retryAfterSeconds"] };
}

async function overHttp(answering: Promise<LightMyRequestResponse>): Promise<Refused> {
  const answer = await answering;
  const body = String(answer.headers["content-type"]).includes("json")
    ? answer.json<{ errors?: { code?: string; extensions?: { code: string } }[] }>()
    : null;
  const error = body?.errors?.[0];
  return {
    status: answer.statusCode,
    code: body === null ? "UNAVAILABLE" : (error?.extensions?.code ?? error?.code),
    retryAfter: Number(answer.headers["retry-after"]),
  };
}

/** Credentials are checked when the socket opens, so a subscription that begins during an outage fails there. */
async function overSocket(): Promise<Refused> {
  const socket = await RawSocket.connect(socketUrl(world.app.server), "graphql-transport-ws");
  socket.send({ type: "connection_init", payload: { authorization: admin } });
  const { code } = await socket.closed;
  return { status: null, code: code === 1013 ? "UNAVAILABLE" : code, retryAfter: 1 };
}

const deployTo = ({ releaseName }: BuiltDeployment) => ({
  releaseName,
  image: "registry.example.com/airflow:next",
  runtimeVersion: "11.5.0",
});

const READS: Readonly<Record<string, () => Promise<Refused>>> = {
  "a query": () =>
    overGraphql("query ($id: Uuid!) { deployRevisions(deploymentUuid: $id) { nodes { id } } }", { id: deployment.id }),
  "a download": () => overHttp(inject(`/${deployment.releaseName}/dags/download`)),
  "an audit export": () => overHttp(inject("/v1/audit/export")),
  "the registry's tokens": () => overHttp(inject("/v1/registry/authorization?service=docker-registry")),
  "a socket": overSocket,
};
const CHANGES: Readonly<Record<string, () => Promise<Refused>>> = {
  "a mutation": () => overGraphql(UPDATE_IMAGE, deployTo(deployment)),
  "an upload": () => overHttp(postForm(world, deployment.releaseName, cliParts(dagArchive(DAGS), "next"), admin)),
  "the token page": () => overHttp(inject("/token", "POST", "identity=someone%40example.com&password=wrong-password")),
};

async function refusals(doors: Readonly<Record<string, () => Promise<Refused>>>): Promise<Record<string, Refused>> {
  const answers = await Promise.all(Object.entries(doors).map(async ([door, knock]) => [door, await knock()] as const));
  return Object.fromEntries(answers);
}

function expectUnavailable(answers: Record<string, Refused>): void {
  for (const [door, { status, code, retryAfter }] of Object.entries(answers)) {
    const wanted = status === null ? null : ["a query", "a mutation"].includes(door) ? 200 : 503;
    expect({ door, status, code, retries: Number(retryAfter) > 0 }).toEqual({
      door,
      status: wanted,
      code: "UNAVAILABLE",
      retries: true,
    });
  }
}

async function served(): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { errors } = await world.send(UPDATE_IMAGE, deployTo(deployment), admin);
    if (errors === undefined) return;
    if (Date.now() > deadline) throw new Error(errors[0]?.message);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const messages = (level: number): unknown[] =>
  world.lines.filter((line) => line["level"] === level && "outage" in line).map(({ outage }) => outage);
async function logged(level: number, outage: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!messages(level).includes(outage)) {
    if (Date.now() > deadline) throw new Error(`no line of level ${level} for ${outage}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const WARN = 40;
const INFO = 30;
const ERROR = 50;

test(
  "a database that cannot be reached is UNAVAILABLE at every door, and one line at its start and one at its end",
  async () => {
    world.lines.length = 0;
    await proxy.refuse();
    expectUnavailable(await refusals({ ...READS, ...CHANGES }));
    expectUnavailable(await refusals({ ...READS, ...CHANGES }));
    const ready = await inject("/v1/readyz");
    expect([ready.statusCode, ready.json().checks.database]).toEqual([503, "unreachable"]);
    await proxy.accept();
    await served();
    await logged(INFO, "DATABASE_AWAY");
    expect(messages(WARN)).toEqual(["DATABASE_AWAY"]);
    expect(messages(INFO)).toEqual(["DATABASE_AWAY"]);
    expect(world.lines.filter(({ level }) => level === ERROR)).toEqual([]);
  },
  2 * PATIENCE_MS,
);

test(
  "a database that has gone silent is UNAVAILABLE within a limited time, and served again afterwards",
  async () => {
    proxy.freeze();
    const began = Date.now();
    const [answers, ready] = await Promise.all([refusals({ ...READS, ...CHANGES }), inject("/v1/readyz")]);
    expect(Date.now() - began).toBeLessThan(PATIENCE_MS);
    expectUnavailable(answers);
    expect(ready.statusCode).toBe(503);
    proxy.thaw();
    await served();
  },
  3 * PATIENCE_MS,
);

test(
  "connections that are lost while others work are given up, and the pool is whole again",
  async () => {
    proxy.silence();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => world.send("{ workspaces { id } }", null, admin)),
    );
    for (const { errors } of answers) expect(errors?.[0]?.extensions.code ?? "UNAVAILABLE").toBe("UNAVAILABLE");
    await Promise.all(Array.from({ length: 4 }, served));
  },
  3 * PATIENCE_MS,
);

test(
  "a read-only database serves what reads and refuses changes, until it takes them again",
  async () => {
    const name = new URL(direct.database.url).pathname.slice(1);
    const sessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'retrograde'`;
    await administer(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await administer(sessions);
    try {
      // The first may meet a session that has just been ended.
      await ask(world, "{ workspaces { id } }", null, admin).catch(() =>
        ask(world, "{ workspaces { id } }", null, admin),
      );
      const changes = { "a mutation": CHANGES["a mutation"]!, "an upload": CHANGES["an upload"]! };
      expectUnavailable(await refusals(changes));
      const ready = await inject("/v1/readyz");
      expect([ready.statusCode, ready.json().checks.database]).toEqual([200, "read-only"]);
    } finally {
      await administer(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    }
    await served();
  },
  2 * PATIENCE_MS,
);

test(
  "one locked Deployment delays nobody else, and changes of it are refused in time",
  async () => {
    const holder = new Client({ connectionString: direct.database.url });
    await holder.connect();
    try {
      await holder.query("BEGIN");
      await holder.query("SELECT FROM deployment WHERE id = $1 FOR UPDATE", [deployment.id]);
      const began = Date.now();
      let waiting = true;
      const locked = Promise.all(
        Array.from({ length: 20 }, () => world.send(UPDATE_IMAGE, deployTo(deployment), admin)),
      ).finally(() => (waiting = false));
      for (let round = 0; round < 3; round++) {
        await ask(world, "{ workspaces { id } }", null, admin);
        await ask(world, UPDATE_IMAGE, deployTo(other), admin);
      }
      expect(waiting).toBe(true);
      for (const { errors } of await locked) {
        expect(errors?.[0]).toMatchObject({
          message: expect.stringMatching(/another change/i),
          extensions: { code: "UNAVAILABLE", retryAfterSeconds: 2 },
        });
      }
      expect(Date.now() - began).toBeLessThan(PATIENCE_MS);
    } finally {
      await holder.end();
    }
    await served();
  },
  2 * PATIENCE_MS,
);

test("many changes of one Deployment at once are all carried out", async () => {
  const answers = await Promise.all(Array.from({ length: 24 }, () => world.send(UPDATE_IMAGE, deployTo(other), admin)));
  expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => undefined));
});

test("replicas whose clocks differ agree on which sessions a new password ends", async () => {
  await createWorkspace(world, admin);
  const realNow = Date.now.bind(Date);
  const clock = jest.spyOn(Date, "now").mockImplementation(() => realNow() + 3_600_000);
  try {
    // A replica that is an hour fast: it asks the database.
    const fast = await startLoggedApp(direct);
    const email = "clocks@example.com";
    const CREATE_USER = `mutation ($inviteToken: String) {
      createUser(email: "${email}", password: "correct horse", inviteToken: $inviteToken) { invitation { token } } }`;
    const { createUser } = await ask(fast, CREATE_USER, null, admin);
    await ask(fast, CREATE_USER, { inviteToken: createUser.invitation.token });
    const signIn = `mutation { createToken(identity: "${email}", password: "correct horse") { token { value } } }`;
    const token = (await ask(fast, signIn, null)).createToken.token.value as string;
    const issued = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as { iat: number };
    expect(Math.abs(issued.iat * 1_000 - realNow())).toBeLessThan(PATIENCE_MS);
    expect(fast.lines.filter(({ msg, message }) => /clocks/.test(String(msg ?? message)))).toHaveLength(1);
    await fast.close();
  } finally {
    clock.mockRestore();
  }
});

test("free room in the data folder is measured", async () => {
  expect((await inject("/metrics")).body).toMatch(/^retrograde_data_folder_free_bytes [1-9]/m);
});
