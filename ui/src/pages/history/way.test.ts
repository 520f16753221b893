import { advance, countOf, START } from "./way";

const page = (endCursor: string | null, hasNextPage = true, length = 50) => ({
  pageInfo: { endCursor, hasNextPage },
  nodes: { length },
});

test("the way grows page by page until the end is known", () => {
  const one = advance(START, 0, page("a"));
  const two = advance(one, 1, page("b"));
  const end = advance(two, 2, page("c", false, 7));
  expect(two.cursors).toEqual([null, "a", "b"]);
  expect(end).toEqual({ cursors: [null, "a", "b"], tail: 7 });
  expect(countOf(end, 50)).toBe(107);
});

test("what is known already changes nothing, so that nothing is drawn anew", () => {
  const end = advance(advance(START, 0, page("a")), 1, page("b", false, 7));
  expect(advance(end, 0, page("a"))).toBe(end);
  expect(advance(end, 1, page("b", false, 7))).toBe(end);
});

test("where lines were added above, the pages behind are asked for from the new end on", () => {
  const two = advance(advance(START, 0, page("a")), 1, page("b"));
  expect(advance(two, 0, page("a2"))).toEqual({ cursors: [null, "a2"], tail: null });
});

test("an empty history has no lines", () => {
  expect(countOf(advance(START, 0, page(null, false, 0)), 50)).toBe(0);
});
