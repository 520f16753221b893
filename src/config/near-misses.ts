import { isNear } from "./is-near";
import { allSettings } from "./settings";
import { find, type ValuesMapping, type ValuesNode } from "./values-tree";

/** A mapping of known keys. Everything below a key with `isWhole` is known. */
interface KnownKeys {
  readonly keys: Map<string, KnownKeys>;
  isWhole: boolean;
}

const KNOWN_PATHS = [
  ...allSettings.flatMap(({ setting }) => [...setting.values]),
  "astronomer.houston.env",
  "astronomer.houston.secret",
];
const KNOWN_KEYS = treeOf(KNOWN_PATHS);
/** Values of Airflow's own chart, in which any name may occur. */
const CHART_OF_DEPLOYMENTS = "astronomer.houston.config.deployments.helm";

const KNOWN_VARIABLES = [...allSettings.flatMap(({ setting }) => [...setting.env]), "VALUES_FILE"];
const IS_KNOWN_VARIABLE: ReadonlySet<string> = new Set(KNOWN_VARIABLES);

/**
 * Sentences about keys that are not read, but resemble one that is: misspelt, or below another parent. Any other
 * unknown key is allowed, since a values.yaml has keys for many charts.
 */
export function misspeltKeys(values: ValuesNode): string[] {
  return values.kind === "mapping" ? misspeltIn(values, KNOWN_KEYS, [], values) : [];
}

function misspeltIn(mapping: ValuesMapping, known: KnownKeys, path: readonly string[], all: ValuesNode): string[] {
  return [...mapping.entries].flatMap(([key, node]) => {
    const at = [...path, key];
    const below = known.keys.get(key);
    if (below !== undefined) {
      return below.isWhole || node.kind === "leaf" ? [] : misspeltIn(node, below, at, all);
    }
    const place = `${node.place.file}:${node.place.line}`;
    const nested = nestedKey(key, known);
    if (nested) return [`${place}: ${at.join(".")} is not read: nest each part of "${key}" below the one before it`];
    const meant = nearKey(key, mapping, known, path) ?? misplacedKey(key, node, at.join("."), all);
    if (meant === null) return [];
    return `${place}: ${at.join(".")} is not read: did you mean ${meant}?`;
  });
}

/** Whether the key is a path to a known one, as on Helm's command line: `global.baseDomain: example.com`. */
function nestedKey(key: string, known: KnownKeys): boolean {
  if (!key.includes(".")) return false;
  let at: KnownKeys | undefined = known;
  for (const part of key.split(".")) at = at?.isWhole === true ? at : at?.keys.get(part);
  return at !== undefined;
}

function nearKey(key: string, { entries }: ValuesMapping, known: KnownKeys, path: readonly string[]): string | null {
  for (const candidate of known.keys.keys()) {
    if (isNear(key, candidate) && !entries.has(candidate)) return [...path, candidate].join(".");
  }
  return null;
}

/** The place where the key, with one of the values below it, would be read. */
function misplacedKey(key: string, node: ValuesNode, path: string, all: ValuesNode): string | null {
  if (path.startsWith(`${CHART_OF_DEPLOYMENTS}.`)) return null;
  for (const below of leafPaths(node)) {
    const end = [key, ...below];
    if (!isDistinctive(end)) continue;
    const [place] = KNOWN_PATHS.filter((known) => known.endsWith(`.${end.join(".")}`) && find(all, known) === undefined)
      .map((known) => known.split("."))
      .sort((a, b) => sharedLength(b, path) - sharedLength(a, path) || a.length - b.length);
    if (place !== undefined) return place.slice(0, place.length - below.length).join(".");
  }
  return null;
}

/** How many keys two paths have in common at their beginning. */
function sharedLength(keys: readonly string[], path: string): number {
  const others = path.split(".");
  const differing = keys.findIndex((key, index) => key !== others[index]);
  return differing < 0 ? keys.length : differing;
}

/** Short words such as `registry.host` occur below many parents. */
const isDistinctive = (keys: readonly string[]): boolean =>
  keys.length >= 3 || keys.some((key) => key.length >= 12 && /[a-z][A-Z]/.test(key));

function leafPaths(node: ValuesNode): string[][] {
  if (node.kind === "leaf") return [[]];
  return [...node.entries].flatMap(([key, entry]) => leafPaths(entry).map((below) => [key, ...below]));
}

function treeOf(paths: readonly string[]): KnownKeys {
  const root: KnownKeys = { keys: new Map(), isWhole: false };
  for (const path of paths) {
    let node = root;
    for (const key of path.split(".")) {
      const next = node.keys.get(key) ?? { keys: new Map<string, KnownKeys>(), isWhole: false };
      node.keys.set(key, next);
      node = next;
    }
    node.isWhole = true;
  }
  return root;
}

/**
 * Sentences about environment variables that no setting has, but that resemble one of a setting. `places` has the place
 * of every variable that is set.
 */
export function misspeltVariables(places: ReadonlyMap<string, string>): string[] {
  return [...places].flatMap(([name, place]) => {
    const meant = nearVariable(name, (known) => places.has(known));
    return meant === undefined ? [] : `${place} is not read: did you mean ${meant}?`;
  });
}

/**
 * The variable of a setting that a name resembles; undefined if the name is one itself. Stricter than for keys, since
 * most variables belong to other programs.
 */
export function nearVariable(name: string, isSet: (known: string) => boolean): string | undefined {
  if (IS_KNOWN_VARIABLE.has(name)) return undefined;
  return KNOWN_VARIABLES.find((known) => !isSet(known) && isNearVariable(name, known));
}

function isNearVariable(name: string, known: string): boolean {
  const [levels, knownLevels] = [name, known].map((one) => one.split("__").length);
  if (levels === knownLevels) return known.length >= 9 && isNear(name, known, knownLevels === 1 ? 1 : 2);
  // `AUTH_LOCAL_ENABLED`. Kubernetes itself sets variables such as REGISTRY_PORT for the services of a namespace.
  return !/_(PORT|HOST)$/.test(name) && name.replaceAll(/_+/g, "_") === known.replaceAll("__", "_");
}
