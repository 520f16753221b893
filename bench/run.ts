import { cpus, totalmem } from "node:os";
import { startBareServer } from "./bare/start-bare-server";
import { startDatabase, type BenchDatabase } from "./database";
import { readOptions, type Benchmark, type BenchOptions } from "./options";
import { startProduct } from "./product";
import { printSection, printSummary, type Section } from "./report";
import { benchCleanUp } from "./scenarios/clean-up";
import { benchHistoryPage } from "./scenarios/history-page";
import { benchPageAtDepth } from "./scenarios/page-at-depth";
import { benchRollback } from "./scenarios/rollback";
import { benchUpload } from "./scenarios/upload";
import { seed } from "./seed";
import type { Stage } from "./stage";

/** In this order: each leaves what the next one needs. */
const SCENARIOS: Readonly<Record<Benchmark, (stage: Stage) => Promise<Section>>> = {
  "history-page": benchHistoryPage,
  "page-at-depth": benchPageAtDepth,
  rollback: benchRollback,
  "clean-up": benchCleanUp,
  upload: benchUpload,
};

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const database = await startDatabase();
  // Only Postgres has to be waited for; the other processes end with this one.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void database.stop().finally(() => process.exit(1)));
  try {
    const sections = await play(options, database);
    printSummary(sections, {
      processors: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      Node: process.version,
      Postgres: database.version,
      date: new Date().toISOString(),
      scale: String(options.scale),
    });
  } finally {
    await database.stop();
  }
}

async function play(options: BenchOptions, { client, url: databaseUrl }: BenchDatabase): Promise<Section[]> {
  const startedAt = performance.now();
  const seeded = await seed(client, options.scale);
  const { deployments, revisionsEach, revisionsDeep } = seeded;
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(
    `Seeded ${deployments.length} Deployments with ${revisionsEach} revisions each and one with ${revisionsDeep}, in ${seconds.toFixed(0)} s\n`,
  );

  const product = await startProduct(databaseUrl, options.profileDir);
  const bare = await startBareServer(databaseUrl);
  try {
    const sections: Section[] = [];
    for (const [name, bench] of Object.entries(SCENARIOS)) {
      if (!options.only.has(name as Benchmark)) continue;
      const section = await bench({ options, databaseUrl, client, seed: seeded, product, bare });
      printSection(section);
      sections.push(section);
    }
    return sections;
  } finally {
    await product.stop();
    await bare.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
