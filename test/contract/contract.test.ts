import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  astFromValue,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  print,
  type GraphQLArgument,
  type InputValueDefinitionNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from "graphql";

const schema = buildSchema(readFileSync(join(__dirname, "..", "..", "schema.graphql"), "utf8"));

/** What clients are written against: names, types and nullability. */
const definitions = ["houston-0.35.graphql", "deploys.graphql"].flatMap(
  (file) =>
    parse(readFileSync(join(__dirname, file), "utf8")).definitions as readonly (
      TypeDefinitionNode | TypeExtensionNode
    )[],
);

const argument = ({ name, type, defaultValue }: InputValueDefinitionNode): string =>
  `${name.value}: ${print(type)}${defaultValue === undefined ? "" : ` = ${print(defaultValue)}`}`;

describe("the contract", () => {
  test.each(definitions.map((definition) => [definition.name.value, definition] as const))("%s", (name, definition) => {
    const type = schema.getType(name);
    expect(type?.name).toBe(name);
    if ("values" in definition && isEnumType(type)) {
      expect(type.getValues().map((value) => value.name)).toEqual(
        expect.arrayContaining((definition.values ?? []).map((value) => value.name.value)),
      );
    }
    if (!("fields" in definition) || !(isObjectType(type) || isInputObjectType(type))) return;
    for (const wanted of definition.fields ?? []) {
      const field = type.getFields()[wanted.name.value];
      expect(`${name}.${wanted.name.value}: ${String(field?.type)}`).toBe(
        `${name}.${wanted.name.value}: ${print(wanted.type)}`,
      );
      if (!("arguments" in wanted) || field === undefined || !("args" in field)) continue;
      // Where the contract names no default, one of ours does no harm.
      const offered = field.args.flatMap((one) => {
        const given = one.defaultValue === undefined ? null : astFromValue(one.defaultValue, one.type);
        const bare = `${one.name}: ${String(one.type)}`;
        return given == null ? [bare] : [bare, `${bare} = ${print(given)}`];
      });
      expect(offered).toEqual(expect.arrayContaining((wanted.arguments ?? []).map(argument)));
    }
  });

  test("everything in our schema is described", () => {
    const silent: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith("__") || isSpecifiedScalarType(type)) continue;
      const isRoot = ["Query", "Mutation", "Subscription"].includes(type.name);
      if (!type.description && !isRoot) silent.push(type.name);
      if (isEnumType(type))
        silent.push(
          ...type
            .getValues()
            .filter((value) => !value.description)
            .map((value) => `${type.name}.${value.name}`),
        );
      if (!isObjectType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!field.description) silent.push(`${type.name}.${field.name}`);
        const args: readonly GraphQLArgument[] = "args" in field ? field.args : [];
        silent.push(...args.filter((one) => !one.description).map((one) => `${type.name}.${field.name}(${one.name})`));
      }
    }
    expect(silent).toEqual([]);
  });
});
