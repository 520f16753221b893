import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { createDeployment, deployImage, signUp, signUpAdmin } from "../../builders/api";
import { closeSockets, RawSocket, socketUrl } from "../../builders/socket";
import { teamWith } from "../../builders/team-operations";
import { startTestApp, type TestApp } from "../../world/app";
import { TimeBudget } from "../../world/time-budget";
import { Random } from "./random";
import { randomFrame } from "./random-frame";
import { RandomOperations } from "./random-operation";
import { randomBody, randomRequest } from "./random-request";

/**
 * The same requests in the same order each time, so that a failure comes from the change at hand; `FUZZ_SEED` makes
 * others. How many are sent depends on the machine: `FUZZ_SECONDS` is for all tests of this file together.
 */
const SEED = Number(process.env["FUZZ_SEED"] ?? 4242);
const SECONDS = Number(process.env["FUZZ_SECONDS"] ?? 60);
const BUDGETS = {
  operations: { seconds: SECONDS * 0.7, atLeast: 1_000 },
  bodies: { seconds: SECONDS * 0.1, atLeast: 200 },
  requests: { seconds: SECONDS * 0.1, atLeast: 200 },
  sockets: { seconds: SECONDS * 0.1, atLeast: 20 },
};
/** Operations that share what `known` has made. */
const BATCH = 500;
const FRAMES_PER_SOCKET = 10;
/** What the registry proves itself with. */
const EVENTS_HEADER = "Bearer events";
const AT_ONCE = 8;
const PATIENCE_MS = 30_000;
/** The floors of the budgets included, on a machine that is twenty times slower than usual. */
const LIMIT_MS = SECONDS * 1_000 + 300_000;
/** What multiplies with the request takes minutes; on a busy machine a second is several. */
const LONGEST_BLOCK_MS = 10_000;

/** What only a driver, a runtime or a stack trace says. */
const LEAKS =
  /node_modules|\n\s+at |\.[jt]s:\d+|QueryFailedError|invalid input syntax|violates |relation "|duplicate key|TypeError|RangeError|ReferenceError|ECONN|Cannot read prop|is not a function|is not iterable/;

let world: TestApp;
let admin: string;
let nobody: string;
beforeAll(async () => {
  world = await startTestApp({
    env: {
      DEPLOYMENTS__HARD_DELETE_DEPLOYMENT: "true",
      DEPLOYMENTS__NAMESPACE_FREE_FORM_ENTRY: "true",
      REGISTRY__AUTH_HEADER: EVENTS_HEADER,
    },
  });
  admin = await signUpAdmin(world);
  nobody = (await signUp(world, { by: admin })).token;
});
afterAll(async () => {
  closeSockets();
  await world.close();
});

/** What is there to be named, made anew now and then: mutations take it apart. */
async function known(): Promise<{ texts: string[]; releaseNames: string[] }> {
  const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  const revision = await deployImage(world, admin, deployment);
  const { id: userId } = await signUp(world, { by: admin });
  const teamId = await teamWith(world, admin, [userId]);
  const { id, workspaceId, releaseName } = deployment;
  return {
    texts: [
      id,
      id,
      workspaceId,
      workspaceId,
      releaseName,
      revision.id,
      userId,
      teamId,
      "someone@example.com",
      "11.5.0",
      "x",
    ],
    releaseNames: [releaseName],
  };
}

/** How often which code came, `OK` for none: a run that never gets past the first check proves nothing. */
const outcomes = new Map<string, number>();
const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);

/** What is wrong with an answer; null for nothing. */
function complaint({ statusCode, body, headers }: LightMyRequestResponse, isGraphql: boolean): string | null {
  if (statusCode >= 500) return `HTTP ${statusCode}`;
  if (body.includes("INTERNAL_SERVER_ERROR")) return "a bug of ours, masked";
  if (!String(headers["content-type"]).includes("json"))
    return isGraphql && statusCode === 200 ? "an answer that is no JSON" : null;
  let answer: { data?: unknown; errors?: { message?: unknown; extensions?: { code?: string } }[] };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return body === "" ? null : "an answer that is no JSON";
  }
  if (!isGraphql) return LEAKS.test(body) ? "an answer that tells of our insides" : null;
  const { data, errors } = answer;
  count(errors?.[0]?.extensions?.code ?? "OK");
  if (errors === undefined) return data === undefined || data === null ? "neither data nor errors" : null;
  if (errors.length === 0) return "an empty list of errors";
  const leaked = errors.find(({ message }) => typeof message !== "string" || LEAKS.test(message));
  return leaked === undefined ? null : `a message that tells of our insides: ${String(leaked.message).slice(0, 300)}`;
}

const shown = (payload: InjectOptions["payload"]): string =>
  typeof payload === "string"
    ? payload.slice(0, 1_500)
    : Buffer.isBuffer(payload)
      ? `base64:${payload.toString("base64").slice(0, 1_500)}`
      : "nothing";

/** Sends requests while there are more, some at once. Returns the first ten complaints. */
async function send(
  hasNext: () => boolean,
  make: () => { request: InjectOptions; isGraphql: boolean },
): Promise<string[]> {
  const complaints: string[] = [];
  const worker = async (): Promise<void> => {
    while (complaints.length < 10 && hasNext()) {
      const { request, isGraphql } = make();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve("no answer"), PATIENCE_MS)));
      const answered = world.app.server.app.inject(request).then(
        (answer) => complaint(answer, isGraphql),
        (error: unknown) => `no answer at all: ${String(error)}`,
      );
      const said = await Promise.race([answered, late]);
      clearTimeout(timer);
      if (said !== null) complaints.push(`${said}: ${JSON.stringify({ ...request, payload: shown(request.payload) })}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return complaints;
}

const tokenFor = (random: Random): Record<string, string> => {
  const token = random.pick([admin, admin, admin, nobody, undefined, "stale"]);
  return token === undefined ? {} : { authorization: token };
};

const post = (random: Random, payload: string, more: Record<string, string> = {}) => ({
  isGraphql: true,
  request: {
    method: "POST",
    url: "/v1",
    headers: { "content-type": "application/json", ...tokenFor(random), ...more },
    payload,
  } satisfies InjectOptions,
});

describe(`whatever is sent, no answer tells of a bug (FUZZ_SEED=${SEED})`, () => {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  beforeAll(() => void delay.enable());
  afterAll(() => void delay.disable());

  test(
    "operations of the schema with right and wrong arguments",
    async () => {
      const random = new Random(SEED);
      const budget = new TimeBudget(BUDGETS.operations);
      for (let isOver = false; !isOver;) {
        const operations = new RandomOperations(world.app.schema, random, (await known()).texts);
        let sent = 0;
        const hasNext = (): boolean => sent++ < BATCH && !(isOver ||= !budget.next());
        expect(await send(hasNext, () => post(random, JSON.stringify(operations.next())))).toEqual([]);
      }
      budget.report(`operations (FUZZ_SEED=${SEED})`);
      const share = (code: string): number => (outcomes.get(code) ?? 0) / budget.rounds;
      expect(
        Object.fromEntries(
          ["OK", "BAD_USER_INPUT", "NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"].map((code) => [
            code,
            share(code) > 0.005,
          ]),
        ),
      ).toEqual({
        OK: true,
        BAD_USER_INPUT: true,
        NOT_FOUND: true,
        FORBIDDEN: true,
        UNAUTHENTICATED: true,
      });
    },
    LIMIT_MS,
  );

  test(
    "bodies that are no GraphQL request",
    async () => {
      const random = new Random(SEED + 1);
      const budget = new TimeBudget(BUDGETS.bodies);
      expect(
        await send(
          () => budget.next(),
          () => post(random, randomBody(random)),
        ),
      ).toEqual([]);
      budget.report(`bodies (FUZZ_SEED=${SEED})`);
    },
    LIMIT_MS,
  );

  test(
    "requests to every other route, of any kind",
    async () => {
      const random = new Random(SEED + 2);
      const budget = new TimeBudget(BUDGETS.requests);
      const { releaseNames } = await known();
      const make = () => {
        const { headers, ...request } = randomRequest(random, { releaseNames, eventsHeader: EVENTS_HEADER });
        return { isGraphql: false, request: { ...request, headers: { ...tokenFor(random), ...headers } } };
      };
      expect(await send(() => budget.next(), make)).toEqual([]);
      budget.report(`requests to other routes (FUZZ_SEED=${SEED})`);
    },
    LIMIT_MS,
  );

  test(
    "frames over WebSockets, in either protocol",
    async () => {
      const random = new Random(SEED + 3);
      const operations = new RandomOperations(world.app.schema, random, (await known()).texts);
      const complaints: string[] = [];
      let answers = 0;
      const budget = new TimeBudget(BUDGETS.sockets);
      while (complaints.length < 10 && budget.next()) {
        const [protocol, start] = random.pick([
          ["graphql-ws", "start"],
          ["graphql-transport-ws", "subscribe"],
        ] as const);
        const socket = await RawSocket.connect(socketUrl(world.app.server), protocol);
        const sent: (string | Buffer)[] = [];
        if (random.chance(0.9)) {
          socket.send({ type: "connection_init", payload: tokenFor(random) });
          await Promise.race([socket.closed, socket.untilType("connection_ack").catch(() => undefined)]);
        }
        for (let n = 0; n < FRAMES_PER_SOCKET; n++) sent.push(randomFrame(random, start, () => operations.next()));
        for (const frame of sent) socket.socket.send(frame);
        await Promise.race([socket.closed, sleep(random.below(60))]);
        socket.socket.close(1000);
        const { code } = await Promise.race([socket.closed, sleep(PATIENCE_MS, { code: "never" }, { ref: false })]);
        const said = socket.messages
          .map((message) => JSON.stringify(message))
          .find((message) => LEAKS.test(message) || message.includes("INTERNAL_SERVER_ERROR"));
        answers += socket.types.filter((type) => type === "data" || type === "next").length;
        if (code === "never" || code === 1011) complaints.push(`closed ${code}: ${sent.map(shown).join("\n")}`);
        if (said !== undefined) complaints.push(said.slice(0, 500));
      }
      budget.report(`sockets of ${FRAMES_PER_SOCKET} frames each (FUZZ_SEED=${SEED})`);
      expect(complaints).toEqual([]);
      expect(answers).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  test("and nothing of it held the process up, or took from it what it needs", async () => {
    expect(delay.max / 1e6).toBeLessThan(LONGEST_BLOCK_MS);
    if (process.env["FUZZ_REPORT"]) console.log(Object.fromEntries(outcomes));
    const { status, data } = await world.send("{ workspaces { id } }", null, admin);
    expect([status, Array.isArray(data.workspaces)]).toEqual([200, true]);
  });
});
