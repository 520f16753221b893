import { assembleConfig } from "./assemble-config";
import { checkValue, describe, placeOf } from "./check-value";
import type { Config } from "./config";
import { ConfigurationError } from "./configuration-error";
import { givenValues, leavesInTheWay, type Sources } from "./given-values";
import { misspeltKeys, misspeltVariables, nearVariable } from "./near-misses";
import { nameSetting, sourceOf, type SettingSource } from "./setting-source";
import type { Setting } from "./settings/setting";
import { allSettings, nestValues } from "./settings";
import { readValuesEnvironment, warnOfUnreadable } from "./values-environment";
import { readValuesFile } from "./values-file";
import { UnreadableValuesFile } from "./values-text";
import { merge, type ValuesNode } from "./values-tree";

export interface ConfigSources {
  /** From the command line. Read after those of `VALUES_FILE`, so that they win over those. */
  readonly valuesFiles: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder to which relative paths are relative, wherever they are written. */
  readonly cwd: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** One for every setting, in the order of the table. */
  readonly sources: readonly SettingSource[];
  /** Parts of the configuration that have no effect, or not the effect they seem to have. One sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Loads the configuration. Later sources win: defaults, values files in their order, the variables that those set,
 * environment.
 *
 * @throws ConfigurationError with every problem of all sources, if there is any
 */
export function loadConfig({ valuesFiles, env, cwd }: ConfigSources): LoadedConfig {
  const problems: string[] = [];
  const warnings: string[] = [];
  const files = [...(env["VALUES_FILE"] ?? "").split(":").filter((file) => file !== ""), ...valuesFiles];
  const tree = readAll(files, cwd, problems);
  for (const { node, path, expected } of leavesInTheWay(allSettings, tree)) {
    const place = placeOf({ kind: "file", path, ...node.place });
    problems.push(`${place}: expected ${expected}, found ${describe(node.value)}`);
  }

  const { variables, unreadable } = readValuesEnvironment(tree, problems);
  const known = new Set(allSettings.flatMap(({ setting }) => setting.env));
  const places = placesOfVariables(env, variables);
  const near = (name: string): string | undefined => nearVariable(name, (other) => places.has(other));
  warnings.push(...warnOfUnreadable(unreadable, env, { known, near }));
  warnings.push(...misspeltKeys(tree), ...misspeltVariables(places));

  const given = checkedValues({ values: tree, env, variables }, problems);
  const embedded = !given.has("database.url");
  const sources = allSettings
    .map(({ path, setting }): SettingSource => {
      const { value, origin } = given.get(path) ?? defaultOf(setting, embedded);
      const absolute = value === undefined ? value : (setting.kind.toAbsolute?.(value, cwd) ?? value);
      return { path, setting, value: absolute, origin };
    })
    .map((source, _, all) => unlessSwitchedOff(source, all));

  const nameOf = (path: string): string => {
    const source = sourceOf(sources, path);
    return source === undefined ? path : nameSetting(source);
  };
  const isGiven = (path: string): boolean => given.has(path);
  const values = nestValues(new Map(sources.map(({ path, value }) => [path, value])));
  const config = assembleConfig(values, { problems, warnings, nameOf, isGiven });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { config, sources, warnings };
}

function readAll(files: readonly string[], cwd: string, problems: string[]): ValuesNode {
  let all: ValuesNode = { kind: "mapping", entries: new Map(), place: { file: "", line: 0 } };
  for (const file of files) {
    try {
      all = merge(all, readValuesFile(file, cwd));
    } catch (error) {
      if (!(error instanceof UnreadableValuesFile)) throw error;
      problems.push(error.message);
    }
  }
  return all;
}

/** The place of every variable that is set, in values files or in the environment, which wins. */
function placesOfVariables(env: Sources["env"], variables: Sources["variables"]): Map<string, string> {
  const places = new Map([...variables].map(([name, { origin }]) => [name, placeOf(origin)]));
  for (const [name, text = ""] of Object.entries(env)) if (text !== "") places.set(name, `environment: ${name}`);
  return places;
}

type ValueAndOrigin = Pick<SettingSource, "value" | "origin">;

/**
 * The strongest value of each setting, by path. Weaker values are checked too, because they would apply if the stronger
 * one were removed.
 */
function checkedValues(sources: Sources, problems: string[]): Map<string, ValueAndOrigin> {
  const strongest = new Map<string, ValueAndOrigin>();
  for (const named of allSettings) {
    for (const given of givenValues(named, sources)) {
      const checked = checkValue(named.setting, given);
      if (!checked.ok) problems.push(...checked.problems);
      else if (!strongest.has(named.path)) strongest.set(named.path, { value: checked.value, origin: given.origin });
    }
  }
  return strongest;
}

/** Without a value where one of its switches is off, which then is the origin. */
function unlessSwitchedOff(source: SettingSource, all: readonly SettingSource[]): SettingSource {
  const off = source.setting.onlyIf.map((path) => sourceOf(all, path)).find((one) => one?.value === false);
  return off === undefined || source.value === undefined ? source : { ...source, value: undefined, origin: off.origin };
}

function defaultOf(setting: Setting<unknown>, embedded: boolean): ValueAndOrigin {
  return embedded && setting.embeddedDefault !== setting.default
    ? { value: setting.embeddedDefault, origin: { kind: "embedded default" } }
    : { value: setting.default, origin: { kind: "default" } };
}
