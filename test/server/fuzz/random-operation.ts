import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import { NASTY_TEXTS, NASTY_VALUES, type Random } from "./random";

export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Texts that mean something where the request goes: ids, names, addresses. */
export type Known = readonly string[];

const DEEPEST = 4;
/** Hashing passwords is slow on purpose, and signing in is limited per account: a few of them will do. */
const SELDOM = ["createUser", "createToken", "changePassword", "setUserPassword"];

/** Operations that are nearly always valid GraphQL, with arguments of the right type and of wrong ones. */
export class RandomOperations {
  private variables: Record<string, unknown> = {};
  private declared: string[] = [];
  private fragments: string[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
    private readonly known: Known,
  ) {}

  next(): RandomOperation {
    const { random } = this;
    [this.variables, this.declared, this.fragments] = [{}, [], []];
    const isMutation = random.chance(0.35);
    const root = isMutation ? this.schema.getMutationType() : this.schema.getQueryType();
    if (!isObjectType(root)) throw new Error("the schema lacks its root types");
    const fields = Object.values(root.getFields()).filter(({ name }) => !SELDOM.includes(name) || random.chance(0.02));
    const chosen = Array.from({ length: random.chance(0.85) ? 1 : 1 + random.below(3) }, (_, at) =>
      this.field(random.pick(fields), 1, at),
    );
    const name = random.chance(0.3) ? " Named" : "";
    const declared = this.declared.length === 0 ? "" : `(${this.declared.join(", ")})`;
    if (random.chance(0.1))
      Object.assign(this.variables, { undeclared: random.pick(NASTY_VALUES), label: "x", workspaceUuid: "" });
    return {
      query: `${isMutation ? "mutation" : "query"}${name}${declared} { ${chosen.join(" ")} } ${this.fragments.join(" ")}`,
      variables: this.variables,
    };
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number, at: number): string {
    const { random } = this;
    const args = field.args
      .filter(({ type }) => (isNonNullType(type) ? !random.chance(0.01) : random.chance(0.5)))
      .map((one) => this.argument(one));
    if (random.chance(0.005)) args.push('nonsense: "x"');
    const alias = at > 0 || random.chance(0.1) ? `a${depth}_${at}_${random.below(9)}: ` : "";
    const directive = random.chance(0.03) ? " @include(if: true)" : "";
    const type = getNamedType(field.type);
    const inside = isObjectType(type) ? this.selection(type, depth) : "";
    return `${alias}${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}${directive}${inside}`;
  }

  private selection(type: GraphQLObjectType, depth: number): string {
    const { random } = this;
    const fields = Object.values(type.getFields()).filter(
      (field) => isLeafType(getNamedType(field.type)) || depth < DEEPEST,
    );
    const chosen = Array.from({ length: 1 + random.below(5) }, (_, at) =>
      this.field(random.pick(fields), depth + 1, at),
    );
    if (random.chance(0.1)) chosen.push("__typename");
    if (!random.chance(0.05)) return ` { ${chosen.join(" ")} }`;
    if (random.chance(0.5)) return ` { ... on ${type.name} { ${chosen.join(" ")} } }`;
    const name = `F${this.fragments.length}_${depth}`;
    this.fragments.push(`fragment ${name} on ${type.name} { ${chosen.join(" ")} }`);
    return ` { ...${name} }`;
  }

  private argument({ name, type }: GraphQLArgument): string {
    const { random } = this;
    const isWrong = random.chance(0.08);
    const value = isWrong ? random.pick<unknown>([...NASTY_VALUES, ...NASTY_TEXTS]) : this.value(type, 0);
    if (!isWrong && random.chance(0.3)) return `${name}: ${literal(value, type)}`;
    const variable = `v${this.declared.length}`;
    this.declared.push(`$${variable}: ${String(type)}`);
    this.variables[variable] = value;
    return `${name}: $${variable}`;
  }

  private value(type: GraphQLInputType, depth: number): unknown {
    const { random } = this;
    if (isNonNullType(type)) return this.value(type.ofType, depth);
    if (random.chance(0.03)) return null;
    if (isListType(type)) return random.list(3, () => this.value(type.ofType, depth + 1));
    if (isEnumType(type)) return random.chance(0.05) ? "NO_SUCH_VALUE" : random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const given = Object.values(type.getFields()).filter(() => depth < 3 && random.chance(0.4));
      return Object.fromEntries(given.map((field) => [field.name, this.value(field.type, depth + 1)]));
    }
    switch (type.name) {
      case "Int":
        return random.pick([0, 1, 2, 20, 100, 101, -1, -5, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1.5]);
      case "Float":
        return random.pick([0, -1.5, 1e300]);
      case "Boolean":
        return random.chance(0.5);
      case "JSON":
        return random.chance(0.5)
          ? { label: random.pick(NASTY_TEXTS), description: random.pick(NASTY_TEXTS) }
          : random.pick(NASTY_VALUES);
      case "DateTime":
        return random.pick([
          "2024-07-15T09:30:00.123456789Z",
          "2024-02-30T00:00:00Z",
          "",
          "now",
          "0001-01-01T00:00:00+23:59",
        ]);
      default:
        return random.chance(0.6) ? random.pick(this.known) : random.pick(NASTY_TEXTS);
    }
  }
}

/** A value in the query language. What JSON cannot say of its type, such as an enum's names, goes without quotes. */
function literal(value: unknown, type: GraphQLInputType): string {
  const inner = isNonNullType(type) ? type.ofType : type;
  if (Array.isArray(value))
    return `[${value.map((one) => literal(one, isListType(inner) ? inner.ofType : inner)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = isInputObjectType(inner) ? inner.getFields() : {};
    const names = Object.entries(value).filter(([name]) => /^[A-Za-z]\w*$/.test(name));
    return `{ ${names.map(([name, one]) => `${name}: ${literal(one, fields[name]?.type ?? inner)}`).join(", ")} }`;
  }
  return typeof value === "string" && isEnumType(inner) ? value || "NOTHING" : JSON.stringify(value);
}
