import { parseArgs } from "node:util";

const BENCHMARKS = ["history-page", "page-at-depth", "rollback", "clean-up", "upload"] as const;
export type Benchmark = (typeof BENCHMARKS)[number];

const LETTERS: Readonly<Record<string, Benchmark>> = {
  a: "history-page",
  b: "page-at-depth",
  c: "rollback",
  d: "clean-up",
  e: "upload",
};

export interface BenchOptions {
  /** 1 is the full size: a million revisions over 200 Deployments, and a million on one more. */
  readonly scale: number;
  readonly only: ReadonlySet<Benchmark>;
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Where the product is to leave CPU profiles, if anywhere. */
  readonly profileDir: string | undefined;
}

/** @throws Error naming the option that is wrong */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      scale: { type: "string", default: "1" },
      only: { type: "string", default: Object.keys(LETTERS).join() },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "4" },
      profile: { type: "string" },
    },
  });
  return {
    scale: numberOf("scale", values.scale, 0.001, 10),
    only: new Set(values.only.split(",").map(benchmarkOf)),
    rounds: Math.round(numberOf("rounds", values.rounds, 1, 100)),
    secondsPerRound: numberOf("seconds", values.seconds, 0.5, 600),
    profileDir: values.profile,
  };
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!(number >= least && number <= most)) throw new Error(`--${option} takes a number from ${least} to ${most}`);
  return number;
}

function benchmarkOf(text: string): Benchmark {
  const found = LETTERS[text] ?? BENCHMARKS.find((name) => name === text);
  if (found === undefined) throw new Error(`--only takes some of ${Object.keys(LETTERS).join()}, not ${text}`);
  return found;
}
