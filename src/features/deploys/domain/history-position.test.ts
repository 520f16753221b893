import { lowestWatched, positionAfter, positionAt } from "./history-position";

test.each([
  ["before the first deploy", 0, undefined, { number: 0, unfinished: [] }, 1],
  ["at a finished head", 3, { number: 3, status: "FAILED" }, { number: 3, unfinished: [] }, 4],
  ["at a head that is not known", 3, null, { number: 3, unfinished: [3] }, 3],
  ["where everything was refused", 2, undefined, { number: 2, unfinished: [] }, 3],
  ["behind what was refused", 5, { number: 3, status: "DEPLOYED" }, { number: 5, unfinished: [] }, 6],
  [
    "behind what was refused during a rollout",
    5,
    { number: 3, status: "INITIALIZED" },
    { number: 5, unfinished: [3] },
    3,
  ],
  ["at an unfinished head", 3, { number: 3, status: "INITIALIZED" }, { number: 3, unfinished: [3] }, 3],
] as const)("a reader who starts %s", (_what, lastNumber, head, position, lowest) => {
  const deployment = { lastRevisionNumber: lastNumber, headRevisionId: head === undefined ? null : "head" };
  expect(positionAt(deployment, head ?? null)).toEqual(position);
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
