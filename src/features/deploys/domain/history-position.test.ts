import { lowestWatched, positionAfter, positionAt } from "./history-position";

test.each([
  ["before the first deploy", 0, null, { number: 0, unfinished: [] }, 1],
  ["at a finished head", 3, { number: 3, status: "FAILED" }, { number: 3, unfinished: [] }, 4],
  ["at a head that is not known", 3, null, { number: 3, unfinished: [3] }, 3],
  ["at an unfinished head", 3, { number: 3, status: "INITIALIZED" }, { number: 3, unfinished: [3] }, 3],
] as const)("a reader who starts %s", (_what, lastNumber, head, position, lowest) => {
  expect(positionAt(lastNumber, head)).toEqual(position);
  expect(lowestWatched(position)).toBe(lowest);
});

test.each([
  ["nothing", [], { number: 3, unfinished: [3] }],
  ["the end of the head", [{ number: 3, status: "DEPLOYED" }], { number: 3, unfinished: [] }],
  [
    "a new head on the superseded one",
    [
      { number: 3, status: "SUPERSEDED" },
      { number: 4, status: "INITIALIZED" },
    ],
    { number: 4, unfinished: [4] },
  ],
  ["a new head whose predecessor was cut off", [{ number: 4, status: "DEPLOYED" }], { number: 4, unfinished: [3] }],
] as const)("a reader at an unfinished head sees %s", (_what, changes, expected) => {
  expect(positionAfter({ number: 3, unfinished: [3] }, changes)).toEqual(expected);
});
