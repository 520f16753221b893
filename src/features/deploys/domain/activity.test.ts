import { InvalidInput } from "../../../kernel/errors";
import { cutSpan, fillBuckets } from "./activity";

const NONE = { deployed: 0, failed: 0, superseded: 0, unfinished: 0, rollbacks: 0 };

test("buckets cover the span without gaps, and the last one ends with it", () => {
  const span = cutSpan("2024-01-01T00:00:00.000Z", "2024-01-01T00:00:10.000Z", 3);
  const found = fillBuckets(span, [{ ...NONE, bucket: 1, deployed: 2 }]);
  expect(found).toEqual([
    { ...NONE, from: "2024-01-01T00:00:00.000Z", to: "2024-01-01T00:00:03.334Z" },
    { ...NONE, from: "2024-01-01T00:00:03.334Z", to: "2024-01-01T00:00:06.668Z", deployed: 2 },
    { ...NONE, from: "2024-01-01T00:00:06.668Z", to: "2024-01-01T00:00:10.000Z" },
  ]);
});

test("a span of fewer milliseconds than buckets has a bucket for each", () => {
  expect(cutSpan("2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.003Z", 400)).toMatchObject({
    buckets: 3,
    widthMs: 1,
  });
});

test.each([
  ["2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z", 10],
  ["2024-01-02T00:00:00.000Z", "2024-01-01T00:00:00.000Z", 10],
  ["2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z", 0],
  ["2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z", -1],
  ["2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z", 401],
])("%s to %s in %i is refused", (from, to, buckets) => {
  expect(() => cutSpan(from, to, buckets)).toThrow(InvalidInput);
});
