import { buildSchema, getOperationAST, parse, specifiedRules, validate } from "graphql";
import { LimitExceeded, maxAliases, maxDepth, refusalIn } from "./limits";
import { costOf, evaluate } from "./query-cost";

const schema = buildSchema(`
  interface Node { id: ID! children(first: Int = 20): [Node!]! }
  type Tree implements Node { id: ID! children(first: Int = 20): [Node!]! page(take: Int): [Tree!]! up: Tree }
  type Query { tree: Tree list(first: Int): [Tree!]! }
`);

const codes = (query: string, rule: ReturnType<typeof maxDepth>): unknown[] =>
  validate(schema, parse(query), [rule]).map((error) => error.extensions["code"]);

test.each([
  ["{ tree { id } }", 2, []],
  ["{ tree { up { id } } }", 2, ["QUERY_TOO_DEEP"]],
  ["{ tree { ... on Tree { ... { up { id } } } } }", 3, []],
  ["{ tree { ...A } } fragment A on Tree { up { ...B } } fragment B on Tree { up { id } }", 3, ["QUERY_TOO_DEEP"]],
  ["{ tree { ...A } } fragment A on Tree { up { ...B } } fragment B on Tree { up { id } }", 4, []],
  ["query A { tree { id } } query B { tree { up { id } } }", 2, ["QUERY_TOO_DEEP"]],
  ["{ __schema { types { fields { type { ofType { name } } } } } }", 2, []],
  ["{ tree { ...A } } fragment A on Tree { up { ...A } }", 9, []],
])("depth of %s, at most %i", (query, limit, expected) => {
  expect(codes(query, maxDepth(limit))).toEqual(expected);
});

test.each([
  ["{ a: tree { b: id } }", 2, []],
  ["{ a: tree { b: id } c: tree { id } }", 2, ["TOO_MANY_ALIASES"]],
  ["{ tree { ...A up { ...A } } } fragment A on Tree { a: id }", 1, ["TOO_MANY_ALIASES"]],
])("aliases of %s, at most %i", (query, limit, expected) => {
  expect(codes(query, maxAliases(limit))).toEqual(expected);
});

test("fragments that double each other are measured in one pass", () => {
  const fragments = Array.from(
    { length: 60 },
    (_, at) => `fragment F${at} on Tree { a${at}: up { ...F${at + 1} } b${at}: up { ...F${at + 1} } }`,
  );
  const query = `{ tree { ...F0 } } ${fragments.join(" ")} fragment F60 on Tree { id }`;
  expect(codes(query, maxAliases(30))).toEqual(["TOO_MANY_ALIASES"]);
  expect(codes(query, maxDepth(12))).toEqual(["QUERY_TOO_DEEP"]);
});

test.each<[string, Record<string, unknown>, number]>([
  ["{ tree { id } }", {}, 2],
  ["{ list(first: 50) { id } }", {}, 51],
  ["{ list { id } }", {}, 2],
  ["{ tree { children { id } } }", {}, 22],
  ["{ list(first: 10) { page(take: 10) { id up { id } } } }", {}, 1 + 10 * (1 + 10 * 3)],
  ["query($n: Int) { list(first: $n) { id } }", { n: 1000 }, 1001],
  ["query($n: Int = 5) { list(first: $n) { id } }", {}, 6],
  ["query($n: Int) { tree { children(first: $n) { id } } }", {}, 22],
  ["query($n: Int) { list(first: $n) { id } }", { n: null }, 2],
  ["query($n: Int) { list(first: $n) { id } }", { n: -5 }, 6],
  ["query($n: Int) { list(first: $n) { id } }", { n: "many" }, 2],
  ["query($n: Int) { list(first: 3) { page(take: $n) { id } } }", { n: 7 }, 1 + 3 * (1 + 7)],
  [
    "query($n: Int) { list(first: $n) { ...P } } fragment P on Tree { id ... on Node { children(first: 2) { id } } }",
    { n: 4 },
    1 + 4 * (1 + 3),
  ],
  ["{ __schema { types { name } } }", {}, 2 + Object.keys(schema.getTypeMap()).length],
  ['{ __type(name: "Tree") { fields { args { name } } } }', {}, 2 + 11 * (1 + 1)],
  ["{ tree { ...A } } fragment A on Tree { up { ...A } }", {}, 2],
])("cost of %s with %j", (query, variables, expected) => {
  const document = parse(query);
  expect(evaluate(costOf(schema, document, getOperationAST(document)!), variables)).toBe(expected);
});

test("the rules bear documents that other rules refuse", () => {
  const broken = "{ nothing { a: b } ...Missing } fragment A on Nowhere { ...A }";
  expect(() => validate(schema, parse(broken), [...specifiedRules, maxDepth(5), maxAliases(5)])).not.toThrow();
});

test("a refusal tells its code, and no other error is one", () => {
  const refusal = new LimitExceeded("QUERY_TOO_COSTLY", "too much");
  expect(refusalIn(refusal)).toEqual({ message: "too much", extensions: { code: "QUERY_TOO_COSTLY" } });
  expect(refusalIn(new Error("other"))).toBeNull();
});
