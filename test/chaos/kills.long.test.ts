import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import { createTestDatabase, type TestDatabase } from "../world/database";
import { TimeBudget } from "../world/time-budget";
import { until } from "../world/until";
import { settled, violations, type World } from "./invariants";
import { Load } from "./load";
import { prepare, replicasOf } from "./prepare";
import type { Replica } from "./replica";

/** A long run: KILLS=1000 npx jest test/chaos/kills */
const KILLS = Number(process.env["KILLS"] ?? 50);
/** A slow machine makes fewer kills rather than take longer. */
const SECONDS = Number(process.env["KILL_SECONDS"] ?? (KILLS > 50 ? KILLS * 10 : 120));
const MIN_ROUNDS = Math.min(KILLS, 8);
const REPLICAS = 2;
/**
 * Of a long run, each so many rounds: a replica that stands still for longer than its lease (30 s) and then goes on.
 */
const ROUNDS_PER_PAUSE = 50;
const PAUSE_MS = 40_000;
const FINAL_AFTER_MS = 60_000;
/** With all replicas starting on a busy machine. */
const PROGRESS_WITHIN_MS = 120_000;

describe(`kill -9 of a replica, up to ${KILLS} times, under load`, () => {
  let database: TestDatabase;
  let world: World;
  let replicas: Replica[];

  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 1 });
    const elasticsearch = await new FakeElasticsearch().start();
    const dataDir = await mkdtemp(join(tmpdir(), "retrograde-kills-"));
    world = { databaseUrl: database.url, elasticsearch, dataDir };
    replicas = replicasOf(world, { count: REPLICAS, databaseUrl: database.url });
  });

  afterAll(async () => {
    for (const replica of replicas) await replica.end("SIGKILL");
    await world.elasticsearch.stop();
    await database.drop();
    await rm(world.dataDir, { recursive: true, force: true });
  });

  test(
    "loses nothing, doubles nothing, and leaves nothing unfinished",
    async () => {
      await Promise.all(replicas.map((replica) => replica.start()));
      const [first] = replicas as [Replica, ...Replica[]];
      const load = new Load(replicas, await prepare(first, { deployments: 3 }));
      load.start();

      const budget = new TimeBudget({ seconds: SECONDS, atLeast: MIN_ROUNDS });
      let starts = Promise.resolve();
      let pauses = 0;
      while (budget.rounds < KILLS && budget.next()) {
        const before = load.size;
        // A kill before anything was accepted would prove nothing.
        await until(
          async () => load.size > before || replicas.some(({ unexpectedEnds }) => unexpectedEnds.length > 0),
          Boolean,
          PROGRESS_WITHIN_MS,
        );
        await sleep(Math.random() * 500);
        const victim = replicas[Math.floor(Math.random() * replicas.length)] as Replica;
        if (budget.rounds % ROUNDS_PER_PAUSE === 0 && KILLS > 50) {
          victim.pause();
          await sleep(PAUSE_MS);
          victim.resume();
          pauses++;
          continue;
        }
        await victim.end("SIGKILL");
        const restarted = victim.start().catch(() => undefined);
        starts = Promise.all([starts, restarted]).then(() => undefined);
      }
      await load.stop();
      await starts;
      const seconds = await settled(world, { limitMs: FINAL_AFTER_MS });
      budget.report(
        `rounds (${budget.rounds - pauses} kills, ${pauses} pauses of ${PAUSE_MS / 1_000} s; ${load}; everything final ${seconds.toFixed(1)} s after the load)`,
      );

      expect(replicas.flatMap(({ unexpectedEnds }) => unexpectedEnds)).toEqual([]);
      expect(await violations(world, load)).toEqual([]);
      expect(load.counts.rollbacks).toBeGreaterThan(0);
      expect(load.counts.uploads).toBeGreaterThan(0);
      expect(load.size).toBeGreaterThan(budget.rounds);
    },
    SECONDS * 1_000 + 400_000,
  );
});
