import { gzipSync } from "node:zlib";
import { NASTY_TEXTS, NASTY_VALUES, nested, type Random } from "./random";

export interface RandomRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string | Buffer;
}

const EVENTS_TYPE = "application/vnd.docker.distribution.events.v1+json";

const CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json; charset=utf-7",
  "text/plain",
  "application/graphql",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  "multipart/form-data; boundary=b",
  EVENTS_TYPE,
  "application/octet-stream",
  "/",
  "x",
] as const;

/** Visible ASCII, which is all that a header may hold. */
const asHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 4_000);

const QUERY = "{ appConfig { version } }";

/** Bodies for POST /v1 that are no GraphQL request, or one with something wrong around it. */
export function randomBody(random: Random): string {
  const json = (value: unknown): string => JSON.stringify(value) ?? "undefined";
  const text = (): string => random.pick(NASTY_TEXTS);
  const value = (): unknown => random.pick(NASTY_VALUES);
  return random.pick<() => string>([
    text,
    () => json(value()),
    () => `${QUERY}`,
    () => json({ query: QUERY }).slice(0, random.below(40)),
    () => json({ query: text(), variables: value() }),
    () => json({ query: value(), variables: {} }),
    () => json({ query: QUERY, variables: random.pick<unknown>([text(), value(), [1]]) }),
    () => json({ query: QUERY, operationName: random.pick<unknown>([text(), value()]) }),
    () =>
      json({
        query: QUERY,
        extensions: random.pick<unknown>([text(), value(), { persistedQuery: { version: 1, sha256Hash: text() } }]),
      }),
    () => json([{ query: QUERY }, { query: QUERY }]),
    () =>
      json({
        query: `query ($x: JSON!) { deployment(where: { id: "x" }) { id } a: workspaces(label: "${"y".repeat(random.below(3_000))}") { id } }`,
        variables: { x: nested(random.below(2_000)) },
      }),
    () => `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
    () => `{"query":"${"{a".repeat(3_000)}"}`,
    () => json({ query: `{ ${"a: appConfig { version } ".repeat(random.below(300))} }` }),
    () => json({ query: `{ appConfig { ${"version ".repeat(random.below(3_000))} } }` }),
    () => json({ query: `query { ...F } fragment F on Query { ...G } fragment G on Query { ...F }` }),
    () => json({ query: `query Q($a: [[[[[[Int!]!]!]!]!]!]! = [[[[[[1]]]]]]) { workspaces(label: $a) { id } }` }),
    () => json({ query: `{ __schema { types { fields { type { ofType { ofType { name } } } } } } }` }),
    () => json({ query: 'subscription { log(deploymentUuid: "x") { id } }' }),
    () =>
      json({
        query: "{ workspaces { id } } mutation A { __typename } query B { __typename }",
        operationName: random.pick(["A", "B", "C"]),
      }),
    () => `{"query":"{ appConfig { version } }","query":${json(value())}}`,
    () => `{"query":"\\ud800{ appConfig { version } }"}`,
    () => `\ufeff{"query":"{ appConfig { version } }"}`,
  ])();
}

/** What there is to be guessed right now and then. */
export interface Known {
  readonly releaseNames: readonly string[];
  /** What the registry sends as `Authorization`. */
  readonly eventsHeader: string;
}

/** What goes to the routes beside GraphQL. */
export function randomRequest(random: Random, { releaseNames, eventsHeader }: Known): RandomRequest {
  if (random.chance(0.05)) {
    return {
      method: "POST",
      url: "/v1/registry/events",
      headers: { "content-type": EVENTS_TYPE, authorization: eventsHeader },
      payload: randomEvents(random, releaseNames),
    };
  }
  const name = (): string =>
    encodeURIComponent(
      random.chance(0.6)
        ? random.pick(releaseNames)
        : random
            .pick(NASTY_TEXTS)
            .replace(/\p{Surrogate}/gu, "")
            .slice(0, 300),
    );
  const query = (): string =>
    random.pick([
      "",
      `?x=${name()}`,
      "?service=r&scope=repository:a/airflow:push,pull",
      `?service=&scope=${name()}`,
      `?bundle=${name()}&state=${name()}&code=${name()}`,
      "?%zz=%",
      "?a[]=1&a=2",
    ]);
  const url = random.pick<() => string>([
    () => "/v1",
    () => "/v1/",
    () => `/v1${query()}`,
    () => `/${name()}/dags/upload${query()}`,
    () => `/${name()}/dags/upload`,
    () => `/${name()}/dags/download${query()}`,
    () => `/${name()}/dags/${name()}`,
    () => `/v1/registry/authorization${query()}`,
    () => "/v1/registry/events",
    () => `/v1/token${query()}`,
    () => `/v1/oauth/${name()}${query()}`,
    () => `/v1/oauth/start/${name()}${query()}`,
    () => `/v1/oauth/callback/${name()}${query()}`,
    () => `/v1/audit/export${query()}`,
    () =>
      `/v1/audit/export?${random.pick(["actorId", "objectId", "deploymentUuid", "createdAfter", "requestId", "action"])}=${name()}`,
    () => `/v1/healthz${query()}`,
    () => "/v1/readyz",
    () => `/ws${query()}`,
    () => `/${name()}`,
    () => "//",
    () => "/%",
    () => "/%ff",
    () => `/${"a/".repeat(500)}`,
  ])();
  const method = random.pick<RandomRequest["method"]>([
    "GET",
    "POST",
    "POST",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
  ]);
  const headers: Record<string, string> = {};
  if (random.chance(0.8)) headers["content-type"] = random.pick(CONTENT_TYPES);
  if (random.chance(0.2))
    headers["accept"] = random.pick([
      "*/*",
      "text/html",
      "application/json",
      "image/png",
      ";;",
      "application/graphql-response+json",
      "",
    ]);
  if (random.chance(0.1))
    headers["authorization"] = random.pick([
      "Basic",
      "Basic !!!",
      `Basic ${Buffer.from("a:b").toString("base64")}`,
      `Basic ${Buffer.from(":").toString("base64")}`,
      "Bearer",
      "Negotiate x",
      asHeader(random.pick(NASTY_TEXTS)),
    ]);
  if (random.chance(0.1)) headers["cookie"] = asHeader(`a=b; ${random.pick(NASTY_TEXTS)}=${random.pick(NASTY_TEXTS)}`);
  if (random.chance(0.1)) headers["x-request-id"] = asHeader(random.pick(NASTY_TEXTS));
  if (random.chance(0.05)) headers["origin"] = random.pick(["null", "https://evil.example", "::"]);
  if (random.chance(0.05)) headers["content-encoding"] = random.pick(["gzip", "br", "x"]);
  if (random.chance(0.05)) headers["x-original-url"] = asHeader(random.pick(NASTY_TEXTS));
  if (random.chance(0.03)) headers["range"] = random.pick(["bytes=0-", "bytes=9-1", "x"]);
  if (["GET", "HEAD"].includes(method) || random.chance(0.1)) return { method, url, headers };
  return { method, url, headers, payload: randomPayload(random) };
}

function randomPayload(random: Random): string | Buffer {
  const part = (file: string | Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="file"; filename="${random.pick(["dags.tar.gz", "", "../x", "a\nb"])}"\r\n\r\n`,
      ),
      Buffer.from(file),
      Buffer.from(
        random.pick([
          "\r\n--b--\r\n",
          "\r\n--b",
          "",
          '\r\n--b\r\nContent-Disposition: form-data; name="description"\r\n\r\n\0\r\n--b--\r\n',
        ]),
      ),
    ]);
  return random.pick<() => string | Buffer>([
    () => randomBody(random),
    () => randomBody(random),
    () => Buffer.from(random.list(300, () => random.below(256))),
    () => part(""),
    () => part("no archive"),
    () => part(gzipSync("no tar")),
    () => part(gzipSync(Buffer.alloc(1_024))),
    () => part(gzipSync(Buffer.from(random.list(2_000, () => random.below(256))))),
    () => part(gzipSync(Buffer.alloc(20_000)).subarray(0, 15)),
    () => randomEvents(random, ["x"]),
  ])();
}

/** A registry's notifications, with a push of a Deployment's image that has something wrong here and there. */
function randomEvents(random: Random, releaseNames: readonly string[]): string {
  const oddly = (right: unknown): unknown =>
    random.chance(0.8) ? right : random.pick<unknown>([random.pick(NASTY_TEXTS), random.pick(NASTY_VALUES)]);
  const target = () => ({
    mediaType: oddly("application/vnd.oci.image.manifest.v1+json"),
    repository: oddly(`${random.pick(releaseNames)}/airflow`),
    tag: oddly("deploy-1"),
    digest: oddly(`sha256:${"0".repeat(64)}`),
  });
  const event = () => ({
    id: oddly(`event-${random.below(1_000)}`),
    action: oddly("push"),
    target: oddly(target()),
    request: oddly({ id: "r", addr: oddly("10.0.0.1:1") }),
    actor: oddly({ name: oddly("USER:x") }),
  });
  return JSON.stringify(oddly({ events: oddly(random.list(3, () => oddly(event()))) })) ?? "";
}
