import type { NamedSetting } from "./settings";
import { trueOrFalse } from "./settings/value-kinds";
import { find, toPlain, type ValuesLeaf, type ValuesMapping, type ValuesNode } from "./values-tree";

/** The source of a value. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "embedded default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly path: string }
  | { readonly kind: "environment"; readonly name: string };

/** A value as it was written; not checked yet. */
export interface GivenValue {
  readonly value: unknown;
  readonly origin: Origin;
}

/** A variable that a values file sets. */
export interface ValuesVariable {
  readonly text: string;
  readonly origin: Origin;
}

export interface Sources {
  /** All values files merged. */
  readonly values: ValuesNode;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that the values files set. */
  readonly variables: ReadonlyMap<string, ValuesVariable>;
}

/**
 * All values of a setting, strongest first: the environment, variables that the files set, then files in the order of
 * the setting's paths.
 */
export function givenValues({ setting }: NamedSetting, { values, env, variables }: Sources): GivenValue[] {
  const fromEnvironment = setting.env.flatMap((name): GivenValue[] => {
    const text = env[name];
    if (text === undefined || text === "") return [];
    return [{ value: setting.kind.fromText(text), origin: { kind: "environment", name } }];
  });
  const fromVariables = setting.env.flatMap((name): GivenValue[] => {
    const { text = "", origin } = variables.get(name) ?? {};
    return text === "" || origin === undefined ? [] : [{ value: setting.kind.fromText(text), origin }];
  });
  const fromFiles = setting.values.flatMap((path) => givenAt(path, values, setting.kind === trueOrFalse));
  // Implied values come last, so that any explicit value is stronger, on whatever level.
  const implied = setting.impliedBy.flatMap((path) => impliedAt(path, values));
  return [...fromEnvironment, ...fromVariables, ...fromFiles, ...implied];
}

/** `x: true` and `x: { enabled: true }` count alike, whatever `x` is: the platform's releases use both. */
function givenAt(path: string, values: ValuesNode, isFlag: boolean): GivenValue[] {
  const node = find(values, path);
  const enabled = node?.kind === "mapping" && isFlag ? find(node, "enabled") : undefined;
  if (enabled !== undefined) return [{ value: toPlain(enabled), origin: at(`${path}.enabled`, enabled) }];
  if (node !== undefined) return [{ value: toPlain(node), origin: at(path, node) }];
  const parent = parentOfEnabled(path);
  const shorthand = parent === undefined ? undefined : find(values, parent);
  if (parent === undefined || shorthand?.kind !== "leaf" || !isSwitch(shorthand.value)) return [];
  return [{ value: shorthand.value, origin: at(parent, shorthand) }];
}

function impliedAt(path: string, values: ValuesNode): GivenValue[] {
  const node = find(values, path);
  const silent = node?.kind === "mapping" && node.entries.size > 0 && !node.entries.has("enabled");
  return silent ? [{ value: true, origin: at(path, node) }] : [];
}

/** Scalars and lists where a mapping with settings is expected, as in `astronomer: 5`. */
export function leavesInTheWay(
  settings: readonly NamedSetting[],
  values: ValuesNode,
): { readonly node: ValuesLeaf; readonly path: string; readonly expected: string }[] {
  const paths = settings.flatMap(({ setting }) => [...setting.values]);
  const switches = new Set(paths.flatMap((path) => parentOfEnabled(path) ?? []));
  return [...new Set(paths.flatMap(ancestors))].flatMap((path) => {
    const node = find(values, path);
    const hasSwitch = switches.has(path);
    if (node?.kind !== "leaf" || (hasSwitch && isSwitch(node.value))) return [];
    return [{ node, path, expected: hasSwitch ? "a mapping, or true or false" : "a mapping" }];
  });
}

const isSwitch = (value: unknown): boolean => trueOrFalse.schema.safeParse(value).success;

function ancestors(path: string): string[] {
  const keys = path.split(".");
  return keys.slice(1).map((_, depth) => keys.slice(0, depth + 1).join("."));
}

function parentOfEnabled(path: string): string | undefined {
  return path.endsWith(".enabled") ? path.slice(0, -".enabled".length) : undefined;
}

function at(path: string, node: ValuesMapping | ValuesLeaf): Origin {
  return { kind: "file", path, ...node.place };
}
