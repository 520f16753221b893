import { InvalidInput } from "../../../kernel/errors";
import { plusMs, type Instant } from "../../../kernel/instant";

const MAX_BUCKETS = 400;

/** A span of time cut into buckets of one width; the last one may be shorter. */
export interface TimeSpan {
  readonly from: Instant;
  readonly to: Instant;
  readonly widthMs: number;
  readonly buckets: number;
}

/** How many deploys were recorded from one instant on and before another one, by what became of them. */
export interface ActivityCounts {
  readonly deployed: number;
  readonly failed: number;
  readonly superseded: number;
  readonly unfinished: number;
  /** Of all of these. */
  readonly rollbacks: number;
}

export interface Activity extends ActivityCounts {
  readonly from: Instant;
  readonly to: Instant;
}

/** @throws InvalidInput */
export function cutSpan(from: Instant, to: Instant, buckets: number): TimeSpan {
  if (buckets < 1 || buckets > MAX_BUCKETS) throw new InvalidInput("buckets", `has to be 1 to ${MAX_BUCKETS}`);
  const lengthMs = Date.parse(to) - Date.parse(from);
  if (lengthMs <= 0) throw new InvalidInput("to", "has to be later than from");
  const widthMs = Math.ceil(lengthMs / buckets);
  return { from, to, widthMs, buckets: Math.ceil(lengthMs / widthMs) };
}

/** All buckets of the span, those without a deploy too. */
export function fillBuckets(
  { from, to, widthMs, buckets }: TimeSpan,
  counted: readonly (ActivityCounts & { readonly bucket: number })[],
): Activity[] {
  const byBucket = new Map(counted.map(({ bucket, ...counts }) => [bucket, counts]));
  return Array.from({ length: buckets }, (_, bucket) => ({
    ...(byBucket.get(bucket) ?? { deployed: 0, failed: 0, superseded: 0, unfinished: 0, rollbacks: 0 }),
    from: plusMs(from, bucket * widthMs),
    to: bucket === buckets - 1 ? to : plusMs(from, (bucket + 1) * widthMs),
  }));
}
