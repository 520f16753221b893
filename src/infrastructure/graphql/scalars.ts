import { GraphQLScalarType, Kind, visit, type ValueNode } from "graphql";
import { GraphQLJSON } from "graphql-scalars";
import { isInexact, MAX_EXACT } from "../http/exact-numbers";
import { parseInstant, type Instant } from "../../kernel/instant";

function text(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new TypeError(`${name} takes a string`);
}

function literalText(node: ValueNode, name: string): string {
  if (node.kind === Kind.STRING || node.kind === Kind.INT) return node.value;
  throw new TypeError(`${name} takes a string`);
}

const opaqueId = (name: string, description: string): GraphQLScalarType<string, string> =>
  new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: (value) => text(value, name),
    parseValue: (value) => text(value, name),
    parseLiteral: (node) => literalText(node, name),
  });

export const Uuid = opaqueId(
  "Uuid",
  "An opaque identifier. Any text is accepted; clients of the dialect send the empty string for “no value”.",
);

export const Id = opaqueId(
  "Id",
  "An opaque identifier in the operations on Deployment users. The rules are those of Uuid.",
);

function instant(value: string): Instant {
  const parsed = parseInstant(value);
  if (parsed === null) throw new TypeError("DateTime takes an RFC 3339 instant such as 2024-07-15T09:30:00.000Z");
  return parsed;
}

export const DateTime = new GraphQLScalarType<Instant, string>({
  name: "DateTime",
  description: "An RFC 3339 instant, returned in UTC with milliseconds: 2024-07-15T09:30:00.000Z.",
  // Instants are text in this format throughout, so output needs no conversion.
  serialize: (value) => text(value, "DateTime"),
  parseValue: (value) => instant(text(value, "DateTime")),
  parseLiteral: (node) => instant(literalText(node, "DateTime")),
});

function refuseInexactNumbers(node: ValueNode): void {
  visit(node, {
    IntValue: ({ value }) => {
      if (isInexact(value)) throw new TypeError(`JSON takes integers up to ${MAX_EXACT}; send larger ones as text`);
    },
    FloatValue: ({ value }) => {
      if (isInexact(value)) throw new TypeError("JSON takes no number as large as that; send it as text");
    },
  });
}

const json = GraphQLJSON.toConfig();

export const Json = new GraphQLScalarType({
  ...json,
  parseLiteral: (node, variables) => {
    refuseInexactNumbers(node);
    return json.parseLiteral(node, variables) as unknown;
  },
  name: "JSON",
  description: "Any JSON value.",
});
