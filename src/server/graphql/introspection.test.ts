import {
  buildSchema,
  executeSync,
  getIntrospectionQuery,
  getOperationAST,
  parse,
  validate,
  type IntrospectionOptions,
} from "graphql";
import { asksForIntrospection, isStandardIntrospection, standardForm } from "./introspection";
import { maxAliases, maxDepth } from "./limits";
import { CostLimit } from "./query-cost";

const read = (query: string) => {
  const document = parse(query);
  return [document, getOperationAST(document)!] as const;
};

const OPTIONS = [
  "descriptions",
  "specifiedByUrl",
  "directiveIsRepeatable",
  "schemaDescription",
  "inputValueDeprecation",
  "oneOf",
] as const;
const allOptions: IntrospectionOptions[] = Array.from({ length: 2 ** OPTIONS.length }, (_, bits) =>
  Object.fromEntries(OPTIONS.map((name, at) => [name, (bits & (1 << at)) !== 0])),
);

const typeRef = (depth: number): string => `kind name ${"ofType { kind name ".repeat(depth)}${"}".repeat(depth)}`;

/** The query of older clients: no fragments for input values, seven levels, another order. */
const OLDER = `query IntrospectionQuery { __schema { types { ...FullType } directives { name description args { ...InputValue } locations }
  queryType { name } mutationType { name } subscriptionType { name } } }
  fragment TypeRef on __Type { ${typeRef(7)} } fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
  fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef }
  isDeprecated deprecationReason } inputFields { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }`;

test("every form of graphql-js's query is a standard one, and so are those of other clients", () => {
  const forms = allOptions.flatMap((options) => [
    getIntrospectionQuery(options),
    getIntrospectionQuery({ ...options, typeDepth: 13 }),
  ]);
  const others = [
    OLDER,
    getIntrospectionQuery().replace("query IntrospectionQuery", "query"),
    getIntrospectionQuery().replace(/\bname\b(?! \{)/g, "name __typename"),
    "{ __typename __schema { queryType { name } types { kind name fields { name type { kind name } } } } }",
  ];
  for (const form of [...forms, ...others]) expect(isStandardIntrospection(...read(form))).toBe(true);
});

test("the same query in other words has the same form", () => {
  expect(
    standardForm(
      ...read("{ ...A } fragment A on Query { __schema { ...B } } fragment B on __Schema { types { name } }"),
    ),
  ).toBe(standardForm(...read("query Q { __schema { types { name name } } }")));
  expect(standardForm(...read("{ __schema { types { name } } }"))).not.toBe(
    standardForm(...read("{ __schema { types { kind } } }")),
  );
});

test.each([
  ["an alias", "{ __schema { a: types { name } } }"],
  ["an aliased root", "{ a: __schema { types { name } } b: __schema { types { name } } }"],
  ["another field", "{ __schema { types { name } } other }"],
  ["one type", '{ __type(name: "Query") { name } }'],
  ["a directive", "{ __schema { types @skip(if: false) { name } } }"],
  ["a variable", "query ($d: Boolean) { __schema { types { fields(includeDeprecated: $d) { name } } } }"],
  ["fields of the types of fields", "{ __schema { types { fields { type { fields { name } } } } } }"],
  ["endless ofType", `{ __schema { types { fields { type { ${typeRef(40)} } } } } }`],
  ["a fragment in itself", "{ __schema { types { ...F } } } fragment F on __Type { name ofType { ...F } }"],
])("%s makes it another query", (_name, query) => {
  const [document, operation] = read(query);
  expect(isStandardIntrospection(document, operation)).toBe(false);
  expect(asksForIntrospection(document, operation)).toBe(true);
});

test("other operations do not ask for introspection", () => {
  expect(asksForIntrospection(...read("{ __typename other { a } ...F } fragment F on Query { b }"))).toBe(false);
});

const schema = buildSchema("type Query { number(a: Int, b: Int): Int list(first: Int): [Query!]! }");

/** Aliases at each of four levels, so that the result grows with the fourth power. */
const multiplied = (n: number): string => {
  const each = (text: (at: number) => string): string => Array.from({ length: n }, (_, at) => text(at)).join("");
  return `{__schema{${each((i) => `t${i}:types{...T}`)}}} fragment T on __Type{${each((i) => `f${i}:fields{...F}`)}} fragment F on __Field{${each((i) => `g${i}:args{...G}`)}} fragment G on __InputValue{${each((i) => `d${i}:description `)}}`;
};

test.each([2, 4, 5, 6, 7])("introspection with %i aliases at each level counts like everything else", (n) => {
  const [document, operation] = read(multiplied(n));
  const measure = new CostLimit(Infinity).costOf({ schema, document, operation }, {}, "ALL");
  const { data } = executeSync({ schema, document });
  // The cost is at least the number of descriptions in the result.
  expect(measure).toBeGreaterThanOrEqual(JSON.stringify(data).match(/"d\d":/g)?.length ?? 0);
  expect(validate(schema, document, [maxAliases(30)])).toHaveLength(n > 2 ? 1 : 0);
  expect(validate(schema, document, [maxDepth(4)])).toHaveLength(1);
});
