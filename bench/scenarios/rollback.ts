import { LoadGenerator } from "../load/load-generator";
import type { Section } from "../report";
import { rollbacks } from "../requests";
import { expectSameRollback } from "../sanity";
import { sideBySide } from "../side-by-side";
import type { Stage } from "../stage";

const CONNECTIONS = 32;

/** (c) rollbackDeploy up to the committed job; the rollout itself is not measured. */
export async function benchRollback({ options, client, seed, product, bare }: Stage): Promise<Section> {
  const requests = await rollbacks(client, seed, 0);
  await expectSameRollback(client, [product.url, bare.url], requests);

  // The sanity check has used the first two rounds.
  const load = new LoadGenerator([
    ...requests.slice(2 * seed.deployments.length),
    ...requests.slice(0, 2 * seed.deployments.length),
  ]);
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
  return {
    title: `(c) rollbackDeploy, ${CONNECTIONS} connections`,
    sides: [
      { name: "retrograde", measured: one },
      { name: "the same statements, bare pg", measured: other },
    ],
    ratios: [{ name: "throughput", value: throughput, goal: { kind: "at least", value: 0.6 }, pairs: throughputs }],
    notes: [`p99 by p99: ${p99.toFixed(2)}`],
  };
}
