import { LoadGenerator } from "../load/load-generator";
import type { Section } from "../report";
import { historyPage, pagesAtDepth } from "../requests";
import { expectSameAnswer } from "../sanity";
import { sideBySide } from "../side-by-side";
import type { Stage } from "../stage";

const CONNECTIONS = 64;

/** (b) The last pages of the longest history against its first page, both from the product. */
export async function benchPageAtDepth({ options, client, seed, product, bare }: Stage): Promise<Section> {
  const first = historyPage(seed.deep);
  const deep = await pagesAtDepth(client, seed);
  for (const request of [first, ...deep.slice(0, 2)]) await expectSameAnswer([product.url, bare.url], request);

  const loads = { deep: new LoadGenerator(deep), first: new LoadGenerator([first]) };
  const { rounds, secondsPerRound: seconds } = options;
  const { one, other, throughput, throughputs } = await sideBySide(
    { load: loads.deep, server: product },
    { load: loads.first, server: product },
    { connections: CONNECTIONS, rounds, seconds },
  );
  loads.deep.close();
  loads.first.close();
  const depth = seed.revisionsDeep.toLocaleString("en");
  return {
    title: `(b) Page at depth ${depth} of one Deployment against its first page, ${CONNECTIONS} connections`,
    sides: [
      { name: `retrograde, page at depth ${depth}`, measured: one },
      { name: "retrograde, first page", measured: other },
    ],
    ratios: [
      {
        name: "time per page",
        value: 1 / throughput,
        goal: { kind: "at most", value: 1.2 },
        pairs: throughputs.map((pair) => 1 / pair),
      },
      { name: "p50", value: one.p50Ms / other.p50Ms, goal: { kind: "at most", value: 1.2 } },
    ],
    notes: [],
  };
}
