import { isDeepStrictEqual } from "node:util";
import type { Client } from "pg";
import type { Request } from "./load/connection";

/** What makes the numbers worthless; the run ends with exit code 1. */
export class SanityCheckFailed extends Error {}

/** Both servers have to answer with the same bytes. */
export async function expectSameAnswer(urls: readonly [string, string], request: Request): Promise<void> {
  const [one, other] = [await post(urls[0], request), await post(urls[1], request)];
  if (one !== other)
    throw new SanityCheckFailed(`the answers differ:\n${one.slice(0, 1_500)}\n${other.slice(0, 1_500)}`);
  expectData(one);
}

/**
 * Both servers have to answer a rollback in the same shape and leave as many rows behind. The second rollback
 * on each is compared, when there is an unfinished one to supersede as in the middle of a run.
 */
export async function expectSameRollback(
  client: Client,
  urls: readonly [string, string],
  requests: readonly Request[],
): Promise<void> {
  const effects: object[] = [];
  for (const [at, url] of urls.entries()) {
    const deploymentIds = requests.map(
      ({ body }) => (body as { variables: { deploymentUuid: string } }).variables.deploymentUuid,
    );
    const mine = requests.filter((_, index) => deploymentIds[index] === deploymentIds[at]).slice(0, 2);
    let before: Counts = {};
    let answer = "";
    for (const request of mine) {
      before = await countRows(client);
      answer = await post(url, request);
      expectData(answer);
    }
    const after = await countRows(client);
    const added = Object.fromEntries(
      Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)]),
    );
    effects.push({ added, shape: shapeOf(JSON.parse(answer)) });
  }
  if (!isDeepStrictEqual(effects[0], effects[1])) {
    throw new SanityCheckFailed(
      `the rollbacks differ: ${JSON.stringify(effects[0])} and ${JSON.stringify(effects[1])}`,
    );
  }
}

type Counts = Readonly<Record<string, number>>;

async function countRows(client: Client): Promise<Counts> {
  const { rows } = await client.query<Counts>(
    `SELECT (SELECT sum(last_revision_number) FROM deployment)::integer AS revisions,
       (SELECT count(*) FROM deploy_revision WHERE status = 'SUPERSEDED' AND created_at > now() - interval '30 minutes')::integer AS superseded,
       (SELECT count(*) FROM log_line)::integer AS lines, (SELECT count(*) FROM audit_line)::integer AS audited, (SELECT count(*) FROM graphile_worker.jobs)::integer AS jobs`,
  );
  return rows[0] ?? {};
}

async function post(url: string, { apiKey, body }: Request): Promise<string> {
  const headers = { "content-type": "application/json", authorization: apiKey };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).text();
}

function expectData(answer: string): void {
  if (!answer.startsWith('{"data":{')) throw new SanityCheckFailed(`no data: ${answer.slice(0, 1_000)}`);
}

function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}
