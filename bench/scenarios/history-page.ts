import { LoadGenerator } from "../load/load-generator";
import { pagesByPgbench } from "../pgbench";
import type { Section } from "../report";
import { historyPage } from "../requests";
import { expectSameAnswer } from "../sanity";
import { sideBySide } from "../side-by-side";
import type { Stage } from "../stage";

const CONNECTIONS = 64;

/** (a) The newest 20 revisions with their actors, of one Deployment after the other. */
export async function benchHistoryPage({ options, databaseUrl, seed, product, bare }: Stage): Promise<Section> {
  const requests = seed.deployments.map((deployment) => historyPage(deployment));
  for (const request of requests.slice(0, 5)) await expectSameAnswer([product.url, bare.url], request);

  const load = new LoadGenerator(requests);
  const { rounds, secondsPerRound: seconds } = options;
  const { one, other, throughput, throughputs, p99 } = await sideBySide(
    { load, server: product },
    { load, server: bare },
    {
      connections: CONNECTIONS,
      rounds,
      seconds,
    },
  );
  load.close();
  const ceiling = await pagesByPgbench(databaseUrl, seconds);
  return {
    title: `(a) History page of 20 revisions with actors, ${CONNECTIONS} connections`,
    sides: [
      { name: "retrograde", measured: one },
      { name: "bare node:http + pg", measured: other },
    ],
    ratios: [
      { name: "throughput", value: throughput, goal: { kind: "at least", value: 0.7 }, pairs: throughputs },
      { name: "p99", value: p99, goal: { kind: "at most", value: 1.5 } },
    ],
    notes: [ceiling === null ? "no pgbench here" : `pgbench, the statement alone: ${ceiling.toFixed(0)} per second`],
  };
}
