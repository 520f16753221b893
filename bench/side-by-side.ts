import type { LoadGenerator } from "./load/load-generator";
import { processorSeconds } from "./processor-time";
import type { RunningServer } from "./product";
import { median, summarize, type Measured, type Samples } from "./statistics";

/**
 * The product compiles more code than the bare server; until that is done its processor time per request still falls.
 */
const WARM_UP_SECONDS = 25;

export interface Side {
  readonly load: LoadGenerator;
  readonly server: RunningServer;
}

export interface Comparison {
  readonly one: Measured;
  readonly other: Measured;
  /** Median over the pairs of rounds, `one` by `other`. */
  readonly throughput: number;
  readonly p99: number;
  readonly throughputs: readonly number[];
}

/** Two things under the same load in turn, round by round, so that whatever else the machine does hits both. */
export async function sideBySide(
  one: Side,
  other: Side,
  { connections, rounds, seconds }: { readonly connections: number; readonly rounds: number; readonly seconds: number },
): Promise<Comparison> {
  const run = async ({ load, server: { url, pid } }: Side, forSeconds: number): Promise<Samples> => {
    const before = processorSeconds(pid);
    const result = await load.run({ url, connections, seconds: forSeconds });
    const after = processorSeconds(pid);
    return { ...result, processorSeconds: before === null || after === null ? null : after - before };
  };
  await run(one, WARM_UP_SECONDS);
  await run(other, WARM_UP_SECONDS);
  const pairs: { one: Samples; other: Samples }[] = [];
  for (let round = 0; round < rounds; round++)
    pairs.push({ one: await run(one, seconds), other: await run(other, seconds) });

  const throughputs = pairs.map((pair) => summarize([pair.one]).perSecond / summarize([pair.other]).perSecond);
  const both = { one: summarize(pairs.map((pair) => pair.one)), other: summarize(pairs.map((pair) => pair.other)) };
  return { ...both, throughputs, throughput: median(throughputs), p99: both.one.p99Ms / both.other.p99Ms };
}
