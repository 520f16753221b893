import { GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { GraphQLJSON } from "graphql-scalars";
import { toInstant, type Instant } from "../domain/instant";

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
  "An opaque identifier. Any text is taken; clients of the dialect send the empty string for “not given”.",
);

export const Id = opaqueId("Id", "An opaque identifier, as the operations on Deployment users spell it. The same rules as Uuid.");

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** In UTC the year can get out of the four digits that the text had, or become 0, which Postgres does not know. */
const IN_RANGE = /^(?!0000)\d{4}-/;

/** @throws TypeError if the text is no RFC 3339 instant of the years 1 to 9999; up to nine fractional digits, cut to milliseconds */
function parseInstant(value: string): Instant {
  const time = RFC_3339.test(value) ? Date.parse(value.replace(" ", "T").replace(/(\.\d{3})\d+/, "$1")) : NaN;
  const instant = Number.isNaN(time) ? "" : toInstant(time);
  if (!IN_RANGE.test(instant)) throw new TypeError("DateTime takes an RFC 3339 instant such as 2024-07-15T09:30:00.000Z");
  return instant;
}

export const DateTime = new GraphQLScalarType<Instant, string>({
  name: "DateTime",
  description: "An RFC 3339 instant, answered in UTC with milliseconds: 2024-07-15T09:30:00.000Z.",
  // Instants are kept as such text throughout, so there is nothing to convert on the way out.
  serialize: (value) => text(value, "DateTime"),
  parseValue: (value) => parseInstant(text(value, "DateTime")),
  parseLiteral: (node) => parseInstant(literalText(node, "DateTime")),
});

export const Json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: "JSON",
  description: "Any JSON value.",
});
