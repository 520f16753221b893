import { buildSchema, getOperationAST, isObjectType, parse } from "graphql";
import { listsWithoutSize, type DeclaredCosts } from "../../infrastructure/graphql/field-costs";
import { costOf, evaluate, type CostKind } from "./query-cost";

const schema = buildSchema(`
  type Item { id: ID! tags: [String!]! children: [Item!]! connection(first: Int = 20): Page! }
  type Page { items: [Item!]! total: Int! unsized: [Item!]! }
  type Alone { items: [Item!]! }
  type Query { items: [Item!]! some(take: Int): [Item!]! heavy(with: String): Item! backwards(last: Int): [Item!]! alone: Alone! }
`);

declareCosts("Item", "tags", { maxItems: 1_000 });
declareCosts("Item", "children", { maxItems: 10 });
declareCosts("Page", "items", { maxItems: "PAGE" });
declareCosts("Page", "total", { cost: 50 });
declareCosts("Alone", "items", { maxItems: "PAGE" });
declareCosts("Query", "items", { maxItems: 100 });
declareCosts("Query", "some", { maxItems: 200 });
declareCosts("Query", "heavy", { cost: 1_000, argumentCosts: { with: 30 } });

function declareCosts(typeName: string, fieldName: string, costs: DeclaredCosts): void {
  const type = schema.getType(typeName);
  if (isObjectType(type)) type.getFields()[fieldName]!.extensions = { ...costs };
}

const cost = (query: string, variables = {}, kind: CostKind = "ALL"): number => {
  const document = parse(query);
  return evaluate(costOf(schema, document, getOperationAST(document)!, kind), variables);
};

test.each<[string, object, number]>([
  ["{ items { id } }", {}, 1 + 100],
  ["{ items { children { id } } }", {}, 1 + 100 * (1 + 10)],
  ["{ items { tags } }", {}, 1 + 100 * (1 + 10)],
  ["{ some { id } }", {}, 1 + 200],
  ["{ some(take: 7) { id } }", {}, 1 + 7],
  ["{ some(take: -7) { id } }", {}, 1 + 7],
  ["{ some(take: -1) { id } }", {}, 1 + 200],
  ["query ($n: Int) { some(take: $n) { id } }", { n: -1 }, 1 + 200],
  ["query ($n: Int) { some(take: $n) { id } }", { n: null }, 1 + 200],
  ["{ backwards(last: 30) { id } }", {}, 1 + 30],
  ["{ heavy { id } }", {}, 1_000 + 1],
  ['{ heavy(with: "x") { id } }', {}, 1_030 + 1],
  // The items of a page count as often as the page is long, and its total once.
  ["{ heavy { connection(first: 5) { total items { id } } } }", {}, 1_000 + 1 + 50 + 1 + 5],
  [
    "query ($n: Int) { heavy { connection(first: $n) { ...P } } } fragment P on Page { total items { id } }",
    { n: 9 },
    1_000 + 1 + 50 + 1 + 9,
  ],
])("cost of %s with %j", (query, variables, expected) => {
  expect(cost(query, variables)).toBe(expected);
});

test("what is declared is counted by itself, as often as it is done", () => {
  expect(cost("{ items { id } }", {}, "DECLARED")).toBe(0);
  expect(cost("{ a: heavy { id } b: heavy { id } }", {}, "DECLARED")).toBe(2 * 999);
  expect(cost("{ items { connection(first: 5) { total items { id } } } }", {}, "DECLARED")).toBe(100 * 49);
});

test("lists without a size are found", () => {
  expect(listsWithoutSize(schema)).toEqual(["Page.unsized", "Alone.items", "Query.backwards"]);
});
