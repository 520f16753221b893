import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import { TcpProxy } from "../world/tcp-proxy";
import { TimeBudget } from "../world/time-budget";
import { until } from "../world/until";
import { settled, violations, type World } from "./invariants";
import { Load } from "./load";
import { OwnPostgres } from "./own-postgres";
import { prepare, replicasOf } from "./prepare";
import type { Replica } from "./replica";

/**
 * A long run: BREAKS=200 npx jest test/chaos/breaks. Every tenth is a restart of Postgres, every fiftieth is over a
 * full minute.
 */
const BREAKS = Number(process.env["BREAKS"] ?? 14);
/** A slow machine makes fewer breaks rather than take longer. */
const SECONDS = Number(process.env["BREAK_SECONDS"] ?? (BREAKS > 14 ? BREAKS * 15 : 90));
const MIN_ROUNDS = Math.min(BREAKS, 6);
const REPLICAS = 2;
/** The default of `workers.concurrency`. */
const WORKERS = 4;
/** After the last break every deploy ends by itself. */
const FINAL_AFTER_MS = 30_000;
const PROGRESS_WITHIN_MS = 120_000;
const MINUTE_MS = 60_000;

describe(`up to ${BREAKS} breaks of every connection to Postgres, under load`, () => {
  let postgres: OwnPostgres;
  let proxy: TcpProxy;
  let world: World;
  let replicas: Replica[];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "retrograde-breaks-"));
    postgres = await OwnPostgres.start(join(folder, "server"));
    proxy = await TcpProxy.start({ target: postgres.url });
    world = { databaseUrl: postgres.url, elasticsearch: await new FakeElasticsearch().start(), dataDir: folder };
    replicas = replicasOf(world, { count: REPLICAS, databaseUrl: proxy.url });
  });

  afterAll(async () => {
    for (const replica of replicas) await replica.end("SIGKILL");
    await proxy.stop();
    await world.elasticsearch.stop();
    await postgres.remove();
    await rm(world.dataDir, { recursive: true, force: true });
  });

  const restart = async (mode: "fast" | "immediate"): Promise<void> => {
    await postgres.end(mode);
    await postgres.startAgain();
  };
  const refuseFor = async (ms: number): Promise<void> => {
    await proxy.refuse();
    await sleep(ms);
    await proxy.accept();
  };
  const freezeFor = async (ms: number): Promise<void> => {
    proxy.freeze();
    await sleep(ms);
    proxy.thaw();
  };
  /** Every process has the same schedule, so a database that is away then is away for all of them. */
  const overFullMinute = async (): Promise<void> => {
    await sleep(MINUTE_MS - (Date.now() % MINUTE_MS) - 1_000);
    await refuseFor(BREAKS > 14 ? 65_000 : 4_000);
  };

  /** The nth break, in a fixed order: mostly cuts, which came back at once and killed the most workers. */
  async function breakConnections(nth: number): Promise<string> {
    const [what, act] = (
      nth % 50 === 3
        ? ["over a full minute", overFullMinute]
        : nth % 10 === 5
          ? [`${nth % 20 === 5 ? "fast" : "immediate"} restart`, () => restart(nth % 20 === 5 ? "fast" : "immediate")]
          : nth % 10 === 8
            ? ["frozen", () => freezeFor(1_500)]
            : nth % 10 === 9
              ? ["refused", () => refuseFor(1_500)]
              : ["cut", () => Promise.resolve(proxy.cut())]
    ) as [string, () => Promise<void>];
    await act();
    return what;
  }

  async function workersAlive(replica: Replica): Promise<number> {
    const metrics = await replica.fetch("/metrics").then((response) => response.text());
    return Number(/^retrograde_workers_alive (\d+)$/m.exec(metrics)?.[1] ?? NaN);
  }

  test(
    "end no process and no worker, and every deploy ends by itself",
    async () => {
      await Promise.all(replicas.map((replica) => replica.start()));
      const [first] = replicas as [Replica, ...Replica[]];
      const load = new Load(replicas, await prepare(first, { deployments: 3 }));
      load.start();

      const hasEnded = (): boolean => replicas.some(({ unexpectedEnds }) => unexpectedEnds.length > 0);
      const made = new Map<string, number>();
      const budget = new TimeBudget({ seconds: SECONDS, atLeast: MIN_ROUNDS });
      while (budget.rounds < BREAKS && !hasEnded() && budget.next()) {
        const before = load.size;
        await until(async () => load.size > before || hasEnded(), Boolean, PROGRESS_WITHIN_MS);
        await sleep(Math.random() * 700);
        const what = await breakConnections(budget.rounds);
        made.set(what, (made.get(what) ?? 0) + 1);
      }
      await load.stop();
      expect(replicas.flatMap(({ unexpectedEnds }) => unexpectedEnds)).toEqual([]);
      const seconds = await settled(world, { limitMs: FINAL_AFTER_MS });
      const kinds = [...made].map(([what, times]) => `${what} ${times}`).join(", ");
      budget.report(`breaks (${kinds}; ${load}; everything final ${seconds.toFixed(1)} s after the load)`);

      for (const replica of replicas)
        await until(
          async () => (hasEnded() ? "ended" : workersAlive(replica)),
          (alive) => alive === "ended" || alive === WORKERS,
        );
      expect(replicas.flatMap(({ unexpectedEnds }) => unexpectedEnds)).toEqual([]);
      expect(await violations(world, load)).toEqual([]);
      expect(load.counts.rollbacks).toBeGreaterThan(0);
      expect(load.counts.uploads).toBeGreaterThan(0);
    },
    SECONDS * 1_000 + 400_000,
  );
});
