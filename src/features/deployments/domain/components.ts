import { InvalidInput } from "../../../kernel/errors";
import type { Components, JsonObject } from "./deployment";

/** Millicores and Mi. */
interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}

/** What the installation allows a component, as the platform's configuration words it. */
interface ComponentLimits {
  readonly name: string;
  /** The most that one instance gets, in Astro units. */
  readonly au?: { readonly limit?: number | undefined } | undefined;
  /** The most of `replicas` and `terminationGracePeriodSeconds`. */
  readonly extra?: readonly { readonly name: string; readonly limit?: number | undefined }[] | undefined;
}

export interface ResourceRules {
  readonly astroUnit: Amounts;
  /** Whether resources may be given in Astro units. */
  readonly astroUnitsEnabled: boolean;
  readonly maxExtraAu: number;
  /** In place of the platform's own. */
  readonly components: readonly ComponentLimits[];
  readonly triggererEnabled: boolean;
}

const NAMES = ["workers", "webserver", "scheduler", "triggerer"] as const;
const GRACE_PERIOD = "terminationGracePeriodSeconds";

/**
 * Source: the platform's public page on Deployment resources, and its configuration in public Terraform modules
 * (units, grace period).
 */
const PLATFORM_LIMITS: readonly ComponentLimits[] = [
  { name: "scheduler", au: { limit: 100 }, extra: [{ name: "replicas", limit: 4 }] },
  { name: "webserver", au: { limit: 100 } },
  {
    name: "workers",
    au: { limit: 100 },
    extra: [
      { name: "replicas", limit: 20 },
      { name: GRACE_PERIOD, limit: 36_000 },
    ],
  },
  { name: "triggerer", au: { limit: 100 }, extra: [{ name: "replicas", limit: 2 }] },
];

/** @throws InvalidInput */
export function checkAmount(argument: string, amount: number): void {
  if (amount < 0) throw new InvalidInput(argument, "cannot be negative");
}

/** The components that say something; an empty object means "leave as is". */
export function componentSettings(input: Readonly<Record<string, object | null | undefined>>): Components {
  const said = Object.entries(input).map(([name, settings]) => [name, withoutEmpty({ ...settings })] as const);
  for (const [name, settings] of said) checkAmounts(name, settings);
  return Object.fromEntries(said.filter(([, settings]) => Object.keys(settings).length > 0));
}

/** Of replicas and resources, at any depth. */
function checkAmounts(path: string, settings: object): void {
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    if (typeof value === "number") checkAmount(`${path}.${name}`, value);
    if (isObject(value)) checkAmounts(`${path}.${name}`, value);
  }
}

/** At every depth, a value that is not given stays as it was. */
export function mergeComponents(present: Components, said: Components): Components {
  return mergeObjects(present, said) as Components;
}

function mergeObjects(present: object, said: object): object {
  const merged: Record<string, unknown> = { ...present };
  for (const [name, value] of Object.entries(said) as [string, unknown][]) {
    const before = merged[name];
    merged[name] = isObject(before) && isObject(value) ? mergeObjects(before, value) : value;
  }
  return merged;
}

/**
 * Reads the components out of unchecked JSON, and returns the other keys separately.
 * @throws InvalidInput if one is not formed as the API's own inputs are
 */
export function takeComponents(
  argument: string,
  config: JsonObject,
): { readonly components: Components; readonly rest: JsonObject } {
  const rest: Record<string, unknown> = { ...config };
  const components: Record<string, JsonObject> = {};
  for (const name of NAMES) {
    const settings = rest[name];
    delete rest[name];
    if (settings != null) components[name] = checkForm(`${argument}.${name}`, settings);
  }
  return { components, rest };
}

function checkForm(path: string, settings: unknown): JsonObject {
  const {
    replicas,
    [GRACE_PERIOD]: grace,
    resources,
  } = fields(path, settings, ["replicas", GRACE_PERIOD, "resources"]);
  checkCount(`${path}.replicas`, replicas);
  checkCount(`${path}.${GRACE_PERIOD}`, grace);
  for (const [kind, amounts] of Object.entries(
    resources == null ? {} : fields(`${path}.resources`, resources, ["requests", "limits"]),
  )) {
    if (amounts == null) continue;
    const { cpu, memory } = fields(`${path}.resources.${kind}`, amounts, ["cpu", "memory"]);
    checkCount(`${path}.resources.${kind}.cpu`, cpu);
    checkCount(`${path}.resources.${kind}.memory`, memory);
  }
  return settings as JsonObject;
}

function fields(path: string, value: unknown, names: readonly string[]): JsonObject {
  if (!isObject(value)) throw new InvalidInput(path, "has to be a JSON object");
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InvalidInput(path, `has no ${JSON.stringify(unknown.slice(0, 50))}, only ${names.join(", ")}`);
  return value as JsonObject;
}

/** GraphQL's Int, as which the same settings come elsewhere. */
const MAX_COUNT = 2 ** 31 - 1;

function checkCount(path: string, value: unknown): void {
  if (value != null && !(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT)) {
    throw new InvalidInput(path, "has to be a whole number that is not negative");
  }
}

/**
 * Checks the new components against the installation's limits. `said` are the components of the request: components
 * that stay as they are may exceed limits that were lowered since.
 * @throws InvalidInput that names the component and the limit
 */
export function checkResources(
  components: Components,
  {
    said,
    rules,
    astroUnits,
  }: { readonly said: Components; readonly rules: ResourceRules; readonly astroUnits: boolean },
): void {
  if (!rules.triggererEnabled && said["triggerer"] !== undefined) {
    throw new InvalidInput("triggerer", "is switched off for the installation (deployments.triggererEnabled)");
  }
  for (const [name, settings] of Object.entries(components)) {
    if (said[name] !== undefined) checkLimits(name, settings, rules);
    if (said[name] !== undefined || astroUnits)
      checkPods(`${name}.resources`, settings["resources"], { unit: astroUnits ? rules.astroUnit : null });
  }
}

function checkLimits(name: string, settings: JsonObject, { components, astroUnit }: ResourceRules): void {
  const own = components.find((limits) => limits.name === name);
  const platform = PLATFORM_LIMITS.find((limits) => limits.name === name);
  for (const setting of ["replicas", GRACE_PERIOD]) {
    const most = [own, platform]
      .flatMap((limits) => limits?.extra ?? [])
      .find((one) => one.name === setting && one.limit !== undefined)?.limit;
    const value = settings[setting];
    if (typeof value === "number" && most !== undefined && value > most)
      throw new InvalidInput(`${name}.${setting}`, `is at most ${most}`);
  }
  const units = own?.au?.limit ?? platform?.au?.limit;
  if (units === undefined) return;
  for (const [path, kind, value] of amountsIn(`${name}.resources`, settings["resources"])) {
    const most = units * astroUnit[kind];
    if (value > most) throw new InvalidInput(path, `is at most ${most} (${units} Astro units)`);
  }
}

function checkPods(path: string, resources: unknown, { unit }: { readonly unit: Amounts | null }): void {
  const amounts = new Map(amountsIn(path, resources).map(([at, , value]) => [at, value]));
  for (const kind of ["cpu", "memory"] as const) {
    const [requested, limit] = [amounts.get(`${path}.requests.${kind}`), amounts.get(`${path}.limits.${kind}`)];
    // Kubernetes takes no such pod.
    if (requested !== undefined && limit !== undefined && requested > limit) {
      throw new InvalidInput(`${path}.requests.${kind}`, `is more than the limit of ${limit}`);
    }
  }
  if (unit === null) return;
  for (const part of ["requests", "limits"]) {
    const [cpu, memory] = [amounts.get(`${path}.${part}.cpu`), amounts.get(`${path}.${part}.memory`)];
    if (cpu === undefined && memory === undefined) continue;
    const units = (cpu ?? 0) / unit.cpu;
    if (!Number.isInteger(units) || memory !== units * unit.memory) {
      throw new InvalidInput(
        `${path}.${part}`,
        `has to be a number of Astro units, each ${unit.cpu} of cpu and ${unit.memory} of memory`,
      );
    }
  }
}

function amountsIn(path: string, resources: unknown): (readonly [path: string, kind: keyof Amounts, amount: number])[] {
  if (!isObject(resources)) return [];
  return Object.entries(resources).flatMap(([part, amounts]: [string, unknown]) =>
    (["cpu", "memory"] as const).flatMap((kind) => {
      const value = isObject(amounts) ? (amounts as JsonObject)[kind] : undefined;
      return typeof value === "number" ? [[`${path}.${part}.${kind}`, kind, value] as const] : [];
    }),
  );
}

/**
 * Astro units for pods that tasks start by themselves; the platform's clients keep them among the properties.
 * @throws InvalidInput
 */
export function checkExtraCapacity(
  properties: JsonObject,
  { maxExtraAu }: Pick<ResourceRules, "maxExtraAu">,
): JsonObject {
  const extra = properties["extra_au"];
  if (extra != null && !(Number.isInteger(extra) && (extra as number) >= 0 && (extra as number) <= maxExtraAu)) {
    throw new InvalidInput("properties.extra_au", `has to be a whole number from 0 to ${maxExtraAu}`);
  }
  return properties;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const withoutEmpty = (object: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value != null));
