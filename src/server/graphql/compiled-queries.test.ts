import type { GraphQLRequestContextResponseForOperation } from "@apollo/server";
import {
  buildSchema,
  execute,
  getOperationAST,
  GraphQLScalarType,
  isEnumType,
  isObjectType,
  isUnionType,
  parse,
  validate,
  type GraphQLSchema,
} from "graphql";
import { compile, CompiledQueries } from "./compiled-queries";

const schema = toySchema();

interface Case {
  readonly name: string;
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
}

/** A place for a variable of each type. */
const USES = {
  Int: "byId(number: $value)",
  Float: "byId(factor: $value)",
  Boolean: "byId(flag: $value)",
  String: "echo(text: $value)",
  ID: "byId(id: $value)",
  Colour: "colour(of: $value)",
  "[String!]": "byId(list: $value)",
  Filter: "filter(by: $value)",
  Instant: "byId(at: $value)",
};

const REFUSED_VALUES: Record<keyof typeof USES, readonly unknown[]> = {
  Int: [1.5, "1", true, 2 ** 31, {}, [1, 2]],
  Float: ["1.5", true],
  Boolean: [1, "true"],
  String: [1, true, ["a", "b"], {}],
  ID: [1.5, true, {}],
  Colour: ["r", "GREEN", 1, "toString"],
  "[String!]": [[null], [1]],
  Filter: ["x", { unknown: 1 }, { limit: "1" }, { colours: [null] }, { colours: ["r"] }],
  Instant: ["bad"],
};

const cases: readonly Case[] = [
  { name: "a plain value", query: "{ number }" },
  { name: "a value that comes later", query: "{ later { name } }" },
  {
    name: "aliases, __typename and merged selections",
    query: "{ a: number __typename later { name } later { size } }",
  },
  { name: "an argument's default", query: "{ echo }" },
  { name: "a literal null in place of the default", query: "{ echo(text: null) }" },
  { name: "variables: null", query: "query($t: String) { echo(text: $t) }", variables: null },
  {
    name: "a variable left out falls to the argument's default",
    query: "query($t: String) { echo(text: $t) }",
    variables: {},
  },
  { name: "a variable that is null does not", query: "query($t: String) { echo(text: $t) }", variables: { t: null } },
  { name: "a variable's default", query: 'query($t: String = "mine") { echo(text: $t) }', variables: {} },
  {
    name: "null in place of a variable's default",
    query: 'query($t: String = "mine") { echo(text: $t) }',
    variables: { t: null },
  },
  { name: "variables that nobody declared", query: "{ number }", variables: { other: 1 } },
  {
    name: "an input object with defaults",
    query: "query($f: Filter) { filter(by: $f) }",
    variables: { f: { word: "x" } },
  },
  {
    name: "an input object, explicit nulls",
    query: "query($f: Filter) { filter(by: $f) }",
    variables: { f: { word: null, limit: null } },
  },
  { name: "an input object in the document", query: "{ filter(by: { limit: 1, colours: [RED] }) }" },
  { name: "a number where an ID is expected", query: "query($id: ID) { byId(id: $id) }", variables: { id: 12 } },
  {
    name: "a whole number where a Float is expected",
    query: "query($f: Float) { byId(factor: $f) }",
    variables: { f: 2 },
  },
  { name: "a list with null in it", query: "query($l: [String]) { byId(list: $l) }", variables: { l: ["a", null] } },
  { name: "a list of lists out of one value", query: "query($l: [[Int]]) { byId(lists: $l) }", variables: { l: 1 } },
  {
    name: "a nullable variable for a non-null argument with a default",
    query: "query($n: Int) { byId(count: $n) }",
    variables: {},
  },
  {
    name: "names of Object's own",
    query: "query($id: ID) { toString: byId(id: $id) constructor: number }",
    variables: { id: "__proto__" },
  },
  {
    name: "one item where a list is expected",
    query: "query($f: Filter) { filter(by: $f) }",
    variables: { f: { colours: "BLUE" } },
  },
  {
    name: "an enum whose inner value differs",
    query: "query($c: Colour) { colour(of: $c) colours }",
    variables: { c: "BLUE" },
  },
  { name: "an enum's default", query: "{ colour }" },
  { name: "a scalar of our own", query: "query($i: Instant!) { instant(at: $i) }", variables: { i: "2024" } },
  { name: "fragments", query: "{ later { ...N ... on Later { size } } } fragment N on Named { name }" },
  { name: "null in lists and objects", query: "{ holes { name } nothing { name } }" },
  ...[true, false].flatMap((on): Case[] => [
    {
      name: `@include(${on})`,
      query: "query($on: Boolean!) { number later @include(if: $on) { name } }",
      variables: { on },
    },
    {
      name: `@skip(${on})`,
      query: "query($on: Boolean!) { number later { name @skip(if: $on) size } }",
      variables: { on },
    },
    {
      name: `@skip and @include (${on})`,
      query: "query($on: Boolean!) { number @skip(if: $on) @include(if: $on) echo }",
      variables: { on },
    },
    {
      name: `@include(${on}) on a spread`,
      query: "query($on: Boolean!) { ...F @include(if: $on) number } fragment F on Query { echo }",
      variables: { on },
    },
    {
      name: `one field twice, once under @include(${on})`,
      query: "query($on: Boolean!) { later { name } later @include(if: $on) { size } }",
      variables: { on },
    },
    {
      name: `@include(${on}) by default`,
      query: `query($on: Boolean = ${on}) { number echo @include(if: $on) }`,
      variables: {},
    },
  ]),
];

const refused: readonly Case[] = [
  { name: "a resolver that throws", query: "{ number broken }" },
  { name: "a null that must not be", query: "{ number missing }" },
  { name: "a variable of the wrong type", query: "query($t: String) { echo(text: $t) }", variables: { t: 1 } },
  { name: "a variable that is missing", query: "query($i: Instant!) { instant(at: $i) }", variables: {} },
  { name: "a value that its type cannot show", query: "{ wrong }" },
  {
    name: "null for a non-null argument with a default",
    query: "query($n: Int) { byId(count: $n) }",
    variables: { n: null },
  },
  ...Object.entries(REFUSED_VALUES).flatMap(([type, values]) =>
    values.map((value): Case => ({
      name: `${JSON.stringify(value)} as ${type}`,
      query: `query($value: ${type}) { number ...Uses } fragment Uses on Query { ${USES[type as keyof typeof USES]} }`,
      variables: { value },
    })),
  ),
];

/** Cases that compiled code would answer differently from the specification, or not safely. */
const different: readonly Case[] = [
  {
    name: "a non-null variable's default",
    query: "query($on: Boolean! = true) { number @include(if: $on) }",
    variables: {},
  },
  {
    name: "a variable left out inside an input object",
    query: "query($w: String) { filter(by: { word: $w }) }",
    variables: {},
  },
  { name: "a union", query: "{ things { __typename ... on Book { name pages } ... on Pen { name colour } } }" },
  {
    name: "an interface by fragments",
    query: "{ later { ...N } things { ... on Named { ...N } } } fragment N on Named { name }",
  },
  { name: "an alias that names the prototype", query: "{ __proto__: number number }" },
  { name: "a variable left out inside a list", query: "query($w: String) { byId(list: [$w]) }", variables: {} },
];

test.each(cases)("compiled like interpreted: $name", async ({ query, variables }) => {
  const interpreted = await interpret(query, variables);
  expect(interpreted.errors).toBeUndefined();
  expect(await runCompiled(query, variables)).toBe(JSON.stringify(interpreted));
});

test.each(refused)("left to Apollo: $name", async ({ query, variables }) => {
  expect((await interpret(query, variables)).errors).toBeDefined();
  expect(await answerTo(query, variables)).toBeNull();
});

test.each(different)("left to Apollo, which answers: $name", async ({ query, variables }) => {
  expect((await interpret(query, variables)).errors).toBeUndefined();
  expect(await answerTo(query, variables)).toBeNull();
});

test.each([
  { name: "introspection", query: "{ __schema { types { name } } }" },
  { name: "introspection in a fragment", query: '{ ...F } fragment F on Query { __type(name: "Book") { name } }' },
  { name: "a mutation", query: "mutation { change }" },
])("never compiled: $name", async ({ query }) => {
  expect(await answerTo(query)).toBeNull();
});

test("a document is compiled when it comes for the second time", async () => {
  const { pass, execute } = queries("{ number }");
  for (const answer of [null, null, { data: { number: 7 } }]) {
    expect(await execute()).toEqual(answer === null ? null : expect.objectContaining(answer));
    await pass();
  }
});

test("a document of several operations is left to Apollo", async () => {
  expect(await answerTo("query A { number } query B { echo }", {}, { operationName: "A" })).toBeNull();
});

test("an operation is answered by its own name and by none, and by no other", async () => {
  const query = "query A { number }";
  expect(await answerTo(query, {}, { operationName: "A" })).toMatchObject({ data: { number: 7 } });
  expect(await answerTo(query, {}, { operationName: null })).toMatchObject({ data: { number: 7 } });
  expect(await answerTo(query, {}, { operationName: "B" })).toBeNull();
  expect(await answerTo(query, {}, { operationName: "" })).toBeNull();
});

test("variables that are not allowed are left to Apollo, which says why", async () => {
  const query = "query($t: String) { echo(text: $t) }";
  const allows = (variables: object) => !("t" in variables);
  expect(await answerTo(query, {}, { allows })).toMatchObject({ data: { echo: '"default"' } });
  expect(await answerTo(query, { t: "x" }, { allows })).toBeNull();
});

async function interpret(query: string, variableValues: Case["variables"]) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return execute({ schema, document, variableValues: variableValues ?? {} });
}

async function runCompiled(query: string, variables: Case["variables"]): Promise<string> {
  const document = parse(query);
  const compiled = compile({ schema, document, operation: getOperationAST(document)! });
  if (compiled === "IMPOSSIBLE") throw new Error("not compiled");
  return JSON.stringify(await compiled.query(undefined, {}, variables ?? undefined));
}

interface Asked {
  readonly operationName?: string | null;
  readonly allows?: (variables: object) => boolean;
}

function queries(query: string, variables: Case["variables"] = {}, { operationName, allows = () => true }: Asked = {}) {
  const document = parse(query);
  const compiled = new CompiledQueries<object>((_, given) => allows(given));
  const request = {
    schema,
    document,
    operation: getOperationAST(document, operationName || "A") ?? getOperationAST(document),
    source: query,
  };
  return {
    pass: async () => {
      const listener = await compiled.plugin().requestDidStart!({} as never);
      expect(
        await listener!.responseForOperation!(request as unknown as GraphQLRequestContextResponseForOperation<object>),
      ).toBeNull();
    },
    execute: () => compiled.execute({ query, operationName }, variables ?? {}, {}),
  };
}

async function answerTo(query: string, variables?: Case["variables"], asked?: Asked) {
  const { pass, execute } = queries(query, variables, asked);
  await pass();
  await pass();
  return execute();
}

function toySchema(): GraphQLSchema {
  const built = buildSchema(`
    scalar Instant
    enum Colour { RED BLUE }
    interface Named { name: String! }
    type Book implements Named { name: String! pages: Int! }
    type Pen implements Named { name: String! colour: Colour! }
    type Later implements Named { name: String! size: Int }
    union Thing = Book | Pen
    input Filter { word: String = "any" limit: Int = 3 colours: [Colour!] }
    type Query {
      number: Int!
      later: Later!
      echo(text: String = "default"): String
      filter(by: Filter): String!
      colour(of: Colour = RED): Colour!
      byId(id: ID, number: Int, count: Int! = 5, factor: Float, flag: Boolean, list: [String], lists: [[Int]], at: Instant): String!
      colours: [Colour!]!
      instant(at: Instant!): Instant!
      things: [Thing!]!
      holes: [Later]!
      nothing: Later
      broken: String
      missing: String!
      wrong: Int
    }
    type Mutation { change: Int! }
  `);
  const resolvers: Record<string, (source: unknown, args: Record<string, unknown>) => unknown> = {
    number: () => 7,
    later: async () => ({ name: "later", size: null }),
    echo: (_source, { text }) => `${JSON.stringify(text)}`,
    filter: (_source, args) => JSON.stringify(args),
    colour: (_source, args) => args["of"],
    byId: (_source, args) => JSON.stringify(Object.entries(args).sort()),
    colours: () => ["r", "b"],
    instant: (_source, args) => args["at"],
    things: async () => [
      { __typename: "Book", name: "b", pages: 3 },
      { __typename: "Pen", name: "p", colour: "b" },
    ],
    holes: () => [null, Promise.resolve({ name: "x" }), undefined],
    nothing: () => null,
    broken: () => {
      throw new Error("secret");
    },
    missing: () => null,
    wrong: () => "not a number",
    change: () => 1,
  };
  for (const type of Object.values(built.getTypeMap())) {
    if (isEnumType(type) && type.name === "Colour") setInnerValues(type.getValues());
    if (isObjectType(type) && type.name === "Query") type.getFields()["colour"]!.args[0]!.defaultValue = "r";
    if (type instanceof GraphQLScalarType && type.name === "Instant") {
      type.serialize = (value) => `at ${String(value)}`;
      type.parseValue = (value) => {
        if (Number.isNaN(Number(value))) throw new TypeError("not an instant");
        return Number(value);
      };
    }
    if (isUnionType(type)) type.resolveType = (value) => (value as { __typename: string }).__typename;
    if (isObjectType(type) && (type.name === "Query" || type.name === "Mutation")) {
      for (const field of Object.values(type.getFields())) field.resolve = resolvers[field.name]!;
    }
  }
  return built;
}

/** As in schemas that are built from code, where the values of an enum differ from their names. */
function setInnerValues(values: readonly { name: string; value: unknown }[]): void {
  for (const value of values) (value as { value: unknown }).value = value.name[0]!.toLowerCase();
}
