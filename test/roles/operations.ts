import { Kind, parse, print, TypeInfo, visit, visitWithTypeInfo, type GraphQLSchema } from "graphql";
import type { Rule, Target } from "./root-fields";

/** One document for all targets, so that the server reads each call of the table once. */
export interface Operation {
  readonly query: string;
  readonly variables: (target: Target) => Record<string, string>;
}

const MARK = /@(\w+)@/g;
const MARKS = new Proxy({} as Target, { get: (_target, key) => `@${String(key)}@` });

/** A call with what it says of its target as variables. */
export function operationOf(schema: GraphQLSchema, { call }: Rule): Operation {
  const typeInfo = new TypeInfo(schema);
  const declared: string[] = [];
  const texts: string[] = [];
  const visitor = visitWithTypeInfo(typeInfo, {
    StringValue(node) {
      if (!node.value.includes("@") || node.value.replace(MARK, "") === node.value) return undefined;
      const name = `v${texts.push(node.value) - 1}`;
      declared.push(`$${name}: ${String(typeInfo.getInputType())}`);
      return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } };
    },
  });
  const inside = print(visit(parse(call(MARKS)), visitor));
  const [, type = "query", selection = inside] = /^(mutation|query)?\s*(\{.*)$/s.exec(inside) ?? [];
  return {
    query: `${type}${declared.length === 0 ? "" : ` (${declared.join(", ")})`} ${selection}`,
    variables: (target) => {
      const filled = texts.map(
        (text, at) => [`v${at}`, text.replace(MARK, (_mark, key: keyof Target) => target[key])] as const,
      );
      return Object.fromEntries(filled);
    },
  };
}
