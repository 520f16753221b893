import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { cliParts, dagArchive, form } from "../builders/dags";
import { BOOTSTRAP_TOKEN } from "../world/bootstrap-token";
import { createTestDatabase, type TestDatabase } from "../world/database";
import { ApiClient, ServiceProcess } from "../world/service-process";

/** Each client sends for this long. */
const ABUSE_MS = 4_000;
/** Clients that send at the same time. */
const CLIENTS = 4;
const PROBE_EVERY_MS = 10;
/**
 * The 99th percentile of the liveness probe. A machine that is busy with other work cannot keep it either: an idle
 * process beside the service is probed at the same time, and the limit is three times its figure where that is more.
 */
const MAX_P99_MS = 100;
const IDLE_SERVER = `require("node:http").createServer((_, answer) => answer.end())
  .listen(0, "127.0.0.1", function () { process.send(this.address().port); });`;
/** An answer to a small request that nobody has paid for with a page argument. */
const MAX_ANSWER_BYTES = 2_000_000;
const WORKSPACES = 40;

let database: TestDatabase;
let service: ServiceProcess;
let dataDir: string;
let url: string;
let user: ApiClient;
let revisionIds: [string, string];
let idle: ChildProcess;
let idleUrl: string;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
  dataDir = await mkdtemp(join(tmpdir(), "retrograde-abuse-"));
  service = ServiceProcess.run(["serve"], {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    PORT: "0",
    TMPDIR: tmpdir(),
    BOOTSTRAP_TOKEN,
    SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
    DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "true",
    DEPLOYMENTS__CONFIGURE_DAG_DEPLOYMENT: "true",
  });
  url = await service.ready();
  const { createUser } = await new ApiClient(url).ask(
    `mutation { createUser(email: "admin@example.com", password: "correct horse battery", inviteToken: "${BOOTSTRAP_TOKEN}") { token { value } } }`,
  );
  user = new ApiClient(url, createUser.token.value as string);
  let workspaceId = "";
  for (let n = 0; n < WORKSPACES; n++)
    workspaceId = (await user.ask(`mutation { createWorkspace(label: "w${n}") { id } }`)).createWorkspace.id;
  const { createDeployment } = await user.ask(
    `mutation ($w: Uuid!) { createDeployment(workspaceUuid: $w, label: "d", runtimeVersion: "11.4.0", dagDeployment: { type: dag_deploy }) { releaseName } }`,
    { w: workspaceId },
  );
  const upload = async (letter: string): Promise<string> => {
    const lines = Array.from({ length: 52_000 }, (_, n) => `${letter}${n % 1_000}`).join("\n");
    const { headers, payload } = form(cliParts(dagArchive({ "a.py": lines })));
    const answer = await user.fetch(`/${createDeployment.releaseName}/dags/upload`, {
      method: "POST",
      headers,
      body: new Uint8Array(payload),
    });
    return ((await answer.json()) as { revisionId: string }).revisionId;
  };
  revisionIds = [await upload("x"), await upload("y")];
  idle = spawn(process.execPath, ["-e", IDLE_SERVER], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [port] = (await once(idle, "message")) as [number];
  idleUrl = `http://127.0.0.1:${port}`;
});

afterAll(async () => {
  idle.kill("SIGKILL");
  await service.end("SIGKILL");
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** The 99th percentiles of the answers from these addresses while the work goes on. */
async function p99sDuringMs(urls: readonly string[], work: () => Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const probing = urls.map(async (probed) => {
    const took: number[] = [];
    while (!isOver) {
      const from = performance.now();
      await (await fetch(probed)).text();
      took.push(performance.now() - from);
      await sleep(PROBE_EVERY_MS);
    }
    took.sort((one, other) => one - other);
    return took[Math.floor(took.length * 0.99)] ?? Infinity;
  });
  await work().finally(() => (isOver = true));
  return Promise.all(probing);
}

/** Introspection whose aliases multiply at four levels. */
function introspection(aliases: number): string {
  const each = (text: (n: number) => string): string => Array.from({ length: aliases }, (_, n) => text(n)).join(" ");
  return `{__schema{${each((n) => `t${n}:types{...T}`)}}} fragment T on __Type{${each((n) => `f${n}:fields{...F}`)}} fragment F on __Field{${each((n) => `g${n}:args{...G}`)}} fragment G on __InputValue{${each((n) => `d${n}:description`)}}`;
}

const NESTED =
  "{workspaces{roleBindings{user{roleBindings{workspace{roleBindings{user{roleBindings{workspace{roleBindings{user{id}}}}}}}}}}}}";
const differences = (aliases: number): string =>
  `{${Array.from({ length: aliases }, (_, n) => `d${n}:dagFileDiff(fromDeployRevisionId:"${revisionIds[0]}",toDeployRevisionId:"${revisionIds[1]}",path:"a.py"){patch}`).join(" ")}}`;

test.each<{ name: string; query: () => string; signedIn: boolean; codes: readonly string[] }>([
  ...[2, 3, 4, 5, 6, 7].map((aliases) => ({
    name: `introspection with ${aliases} aliases at each level, without a session`,
    query: () => introspection(aliases),
    signedIn: false,
    codes: ["UNAUTHENTICATED", "TOO_MANY_ALIASES", "QUERY_TOO_COSTLY", "TOO_MANY_REQUESTS"],
  })),
  {
    name: "introspection with 7 aliases at each level",
    query: () => introspection(7),
    signedIn: true,
    codes: ["TOO_MANY_ALIASES", "QUERY_TOO_COSTLY", "QUERY_TOO_DEEP", "TOO_MANY_REQUESTS"],
  },
  {
    name: "480 times the same field, without a session",
    query: () => `{${"appConfig{version} ".repeat(480)}}`,
    signedIn: false,
    codes: ["UNAUTHENTICATED", "TOO_MANY_REQUESTS"],
  },
  {
    name: "480 times the same field",
    query: () => `{${"appConfig{version} ".repeat(480)}}`,
    signedIn: true,
    codes: ["QUERY_TOO_COSTLY", "QUERY_TOO_LONG", "TOO_MANY_REQUESTS", "GRAPHQL_VALIDATION_FAILED"],
  },
  {
    name: "lists that lead to each other",
    query: () => NESTED,
    signedIn: true,
    codes: ["QUERY_TOO_COSTLY", "QUERY_TOO_DEEP", "TOO_MANY_REQUESTS"],
  },
  {
    name: "30 differences of a large file",
    query: () => differences(30),
    signedIn: true,
    codes: ["QUERY_TOO_COSTLY", "TOO_MANY_REQUESTS", "TOO_MANY_ALIASES"],
  },
  {
    name: "one difference of a large file",
    query: () => differences(1),
    signedIn: true,
    codes: ["OK", "TOO_MANY_REQUESTS", "UNAVAILABLE"],
  },
])("$name: bounded, and the probe is answered meanwhile", async ({ query, signedIn, codes }) => {
  const seen = new Set<string>();
  let largest = 0;
  const abuse = async (): Promise<void> => {
    for (const until = performance.now() + ABUSE_MS; performance.now() < until;) {
      // Another name each time, so that no cache of documents helps.
      const body = JSON.stringify({ query: query().replace(/^\{/, `query Q${Math.random().toString(36).slice(2)} {`) });
      const client = signedIn ? user : new ApiClient(url);
      const text = await (
        await client.fetch("/v1", { method: "POST", headers: { "content-type": "application/json" }, body })
      ).text();
      largest = Math.max(largest, text.length);
      const [error] = (JSON.parse(text) as { errors?: { extensions: { code: string } }[] }).errors ?? [];
      seen.add(error?.extensions.code ?? "OK");
    }
  };
  const [p99Ms = Infinity, idleP99Ms = 0] = await p99sDuringMs([`${url}/v1/healthz`, idleUrl], () =>
    Promise.all(Array.from({ length: CLIENTS }, abuse)),
  );

  expect([...seen].filter((code) => !codes.includes(code))).toEqual([]);
  expect(seen.size).toBeGreaterThan(0);
  expect(largest).toBeLessThan(MAX_ANSWER_BYTES);
  expect(p99Ms).toBeLessThan(Math.max(MAX_P99_MS, 3 * idleP99Ms));
});
