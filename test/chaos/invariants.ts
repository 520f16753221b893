import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { parse } from "yaml";
import type { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import type { Load } from "./load";

const FINALS = ["deployed", "failed", "superseded"];
const STARTS = ["deploy_recorded", "rollback_accepted"];

export interface World {
  /** Of the database itself, without a proxy. */
  readonly databaseUrl: string;
  readonly elasticsearch: FakeElasticsearch;
  readonly dataDir: string;
}

interface Revision {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly description: string | null;
  readonly releaseName: string;
  readonly isCurrent: boolean;
}

interface Line {
  readonly retrograde: {
    readonly lineId: string;
    readonly fields: { readonly event: string; readonly revisionId: string };
  };
}

async function query<Row>({ databaseUrl }: World, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/**
 * Waits until no revision is under way and no line is to be exported.
 *
 * @throws Error that says what is left after `limitMs`; otherwise returns how many seconds it took
 */
export async function settled(world: World, { limitMs }: { readonly limitMs: number }): Promise<number> {
  const start = performance.now();
  for (;;) {
    const [left] = await query<Record<string, number>>(
      world,
      `SELECT (SELECT count(*)::int FROM deploy_revision WHERE status = 'INITIALIZED') AS "unfinished revisions",
              (SELECT count(*)::int FROM log_line) AS "log lines",
              (SELECT count(*)::int FROM audit_line WHERE export_state = 'WAITING') AS "audit lines"`,
    );
    const passedMs = performance.now() - start;
    if (Object.values(left ?? {}).every((count) => count === 0)) return passedMs / 1_000;
    if (passedMs > limitMs) {
      const jobs = await unfinishedJobs(world);
      throw new Error(
        `after ${Math.round(passedMs / 1_000)} s there are still ${JSON.stringify(left)}: ${JSON.stringify(jobs, null, 2)}`,
      );
    }
    await sleep(100);
  }
}

/** The unfinished revisions, each with its job if it has one. */
function unfinishedJobs(world: World): Promise<object[]> {
  return query(
    world,
    `SELECT to_json(r) AS revision, to_json(j) AS job, to_json(q) AS queue, now(), (SELECT json_agg(l) FROM worker_lease l) AS leases
     FROM deploy_revision r
       LEFT JOIN graphile_worker._private_jobs j ON j.payload->>'revisionId' = r.id::text
       LEFT JOIN graphile_worker._private_job_queues q ON q.id = j.job_queue_id
     WHERE r.status = 'INITIALIZED' LIMIT 10`,
  );
}

/** Everything that is wrong once all is settled: deploys lost, doubled or unfinished, and likewise their lines. */
export async function violations(world: World, load: Load): Promise<string[]> {
  const revisions = await query<Revision>(
    world,
    `SELECT r.id, r.number, r.status, r.description, d.release_name AS "releaseName", r.id IS NOT DISTINCT FROM d.current_revision_id AS "isCurrent"
     FROM deploy_revision r JOIN deployment d ON d.id = r.deployment_id ORDER BY r.deployment_id, r.number`,
  );
  return [
    ...load.complaints,
    ...ofDeploys(revisions, load),
    ...ofLines(revisions, world.elasticsearch),
    ...(await ofReleases(revisions, world.dataDir)),
  ];
}

function ofDeploys(revisions: readonly Revision[], { accepted, uploaded }: Load): string[] {
  const ids = new Set(revisions.map(({ id }) => id));
  const found = counted(revisions.flatMap(({ description }) => description ?? []));
  const numbers = grouped(revisions, ({ releaseName }) => releaseName);
  return [
    ...[...accepted].filter((description) => !found.has(description)).map((description) => `lost: ${description}`),
    ...[...uploaded].filter((id) => !ids.has(id)).map((id) => `lost: the revision ${id} of an upload`),
    ...[...found].filter(([, times]) => times > 1).map(([description, times]) => `${times} times: ${description}`),
    ...revisions.filter(({ status }) => status === "INITIALIZED").map(({ id }) => `unfinished: revision ${id}`),
    ...[...numbers].flatMap(([releaseName, of]) =>
      of.filter(({ number }, at) => number !== at + 1).map(({ number }) => `${releaseName} has a gap at ${number}`),
    ),
  ];
}

function ofLines(revisions: readonly Revision[], elasticsearch: FakeElasticsearch): string[] {
  const documents = grouped(elasticsearch.documents(), ({ index }) =>
    index.startsWith("retrograde-audit.") ? "audit" : "log",
  );
  const audited = counted((documents.get("audit") ?? []).map(({ source }) => String(source["objectId"])));
  const lines = (documents.get("log") ?? []).map(({ source }) => (source as unknown as Line).retrograde);
  const events = grouped(lines, ({ fields }) => fields.revisionId);
  return [
    ...[...counted(lines.map(({ lineId }) => lineId))]
      .filter(([, times]) => times > 1)
      .map(([id, times]) => `${times} times: log line ${id}`),
    ...revisions.flatMap(({ id, status, description }) => {
      const own = (events.get(id) ?? []).map(({ fields }) => fields.event);
      const starts = own.filter((event) => STARTS.includes(event));
      const finals = own.filter((event) => FINALS.includes(event));
      // The deploy itself, and each upload that completed it.
      const commands = 1 + own.filter((event) => event === "dags_added").length;
      return [
        ...(audited.get(id) === commands
          ? []
          : [`${audited.get(id) ?? 0} audit lines of ${description ?? id} instead of ${commands}`]),
        ...(starts.length === 1 && finals.length === 1 && finals[0] === status.toLowerCase()
          ? []
          : [`${status} ${description ?? id} has the lines ${own.join(", ")}`]),
      ];
    }),
  ];
}

/** What is in place for each release has to be its current revision. */
async function ofReleases(revisions: readonly Revision[], dataDir: string): Promise<string[]> {
  const current = revisions.filter(({ isCurrent }) => isCurrent);
  const wrong = await Promise.all(
    current.map(async ({ id, releaseName, number }) => {
      const values = parse(await readFile(join(dataDir, "releases", releaseName, "values.yaml"), "utf8")) as {
        retrograde: { revisionId: string; revision: number };
      };
      const { revisionId, revision } = values.retrograde;
      return revisionId === id ? [] : [`${releaseName}: revision ${number} is current and ${revision} in place`];
    }),
  );
  return wrong.flat();
}

function counted(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
