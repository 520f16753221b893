import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import type { LoadResult } from "../load/load";
import { LoadGenerator } from "../load/load-generator";
import { MAIN, productEnvironment, RETENTION_DAYS } from "../product";
import type { Section } from "../report";
import { rollbacks } from "../requests";
import { SanityCheckFailed } from "../sanity";
import { median, summarize } from "../statistics";
import type { Stage } from "../stage";

const CONNECTIONS = 32;
/** Far below the server's limit, so that delays come from the clean-up and not from a queue. */
const PER_SECOND = 50;
const QUIET_SECONDS = 15;
const WARM_UP_SECONDS = 5;
/** The half of the histories that is due is 95 to 395 days old; the command is given it in five slices. */
const SLICES_OLDER_THAN = [335, 275, 215, 155, RETENTION_DAYS] as const;

/**
 * (d) Rollbacks at a fixed rate, in turn alone and while the nightly command removes a fifth of what is due. Other load
 * on the machine then affects both sides alike.
 */
export async function benchCleanUp({ databaseUrl, client, seed, product }: Stage): Promise<Section> {
  const load = new LoadGenerator(await rollbacks(client, seed, 1));
  const run = { url: product.url, connections: CONNECTIONS, perSecond: PER_SECOND };
  await load.run({ ...run, seconds: WARM_UP_SECONDS });
  const pairs: { quiet: LoadResult; busy: LoadResult }[] = [];
  let deleted = 0;
  let seconds = 0;
  for (const days of SLICES_OLDER_THAN) {
    const quiet = await load.run({ ...run, seconds: QUIET_SECONDS });
    const meanwhile = load.run(run);
    deleted += await cleanUp(databaseUrl, days);
    load.stopRun();
    const busy = await meanwhile;
    seconds += busy.seconds;
    pairs.push({ quiet, busy });
  }
  load.close();

  const expected = (seed.revisionsEach * seed.deployments.length) / 2;
  if (Math.abs(deleted - expected) > seed.deployments.length) {
    throw new SanityCheckFailed(`the clean-up removed ${deleted} revisions and not about ${expected}`);
  }
  const ratios = pairs.map(({ quiet, busy }) => summarize([busy]).p99Ms / summarize([quiet]).p99Ms);
  return {
    title: `(d) rollbackDeploy ${PER_SECOND} times a second, while ${deleted.toLocaleString("en")} revisions are cleaned up`,
    sides: [
      { name: "quiet", measured: summarize(pairs.map(({ quiet }) => quiet)) },
      { name: "during the clean-up", measured: summarize(pairs.map(({ busy }) => busy)) },
    ],
    ratios: [{ name: "p99", value: median(ratios), goal: { kind: "at most", value: 2 }, pairs: ratios }],
    notes: [`the clean-up took ${seconds.toFixed(1)} s in all, ${(deleted / seconds).toFixed(0)} revisions per second`],
  };
}

/** As the CronJob calls it; answers how many went. */
async function cleanUp(databaseUrl: string, olderThanDays: number): Promise<number> {
  const child = spawn(process.execPath, [MAIN, "cleanup-deploy-revisions", `--older-than=${olderThanDays}`], {
    cwd: tmpdir(),
    env: productEnvironment(databaseUrl),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const result = output.split("\n").find((line) => line.includes('"deletedRevisions"'));
  if (result === undefined) throw new SanityCheckFailed(`the clean-up failed: ${output}`);
  return (JSON.parse(result) as { deletedRevisions: number }).deletedRevisions;
}
