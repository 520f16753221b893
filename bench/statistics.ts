export interface Samples {
  readonly seconds: number;
  readonly latenciesMs: Float64Array;
  /** Of the server; null where that cannot be known. */
  readonly processorSeconds?: number | null;
}

export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server for one request. */
  readonly processorMs: number | null;
}

export function summarize(rounds: readonly Samples[]): Measured {
  const latencies = Float64Array.from(rounds.flatMap(({ latenciesMs }) => [...latenciesMs])).sort();
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return {
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    processorMs: processorMs(rounds, latencies.length),
  };
}

function processorMs(rounds: readonly Samples[], requests: number): number | null {
  const seconds = rounds.reduce((sum, { processorSeconds }) => sum + (processorSeconds ?? NaN), 0);
  return Number.isNaN(seconds) ? null : (seconds * 1000) / requests;
}

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
