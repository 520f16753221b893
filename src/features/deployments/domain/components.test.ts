import { InvalidInput } from "../../../kernel/errors";
import {
  checkExtraCapacity,
  checkResources,
  componentSettings,
  mergeComponents,
  takeComponents,
  type ResourceRules,
} from "./components";
import type { Components } from "./deployment";

/** Returns the name of the refused argument; null if none is. */
function refusedArgument(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof InvalidInput) return error.argument;
    throw error;
  }
}

describe("component settings", () => {
  test.each([
    [{}, {}],
    [{ triggerer: undefined }, {}],
    [{ triggerer: null }, {}],
    [{ triggerer: {} }, {}],
    [{ triggerer: { replicas: null, resources: undefined } }, {}],
    [{ triggerer: { replicas: 0 } }, { triggerer: { replicas: 0 } }],
    [
      { workers: { replicas: 3, terminationGracePeriodSeconds: 600 }, scheduler: {} },
      { workers: { replicas: 3, terminationGracePeriodSeconds: 600 } },
    ],
    [{ webserver: { resources: { limits: { cpu: 500 } } } }, { webserver: { resources: { limits: { cpu: 500 } } } }],
  ])("of %j there remain %j", (input, kept) => {
    expect(componentSettings(input)).toEqual(kept);
  });

  test.each([
    [{ triggerer: { replicas: -1 } }, "triggerer.replicas"],
    [{ workers: { replicas: 1, terminationGracePeriodSeconds: -1 } }, "workers.terminationGracePeriodSeconds"],
  ])("%j is refused", (input, argument) => {
    expect(refusedArgument(() => componentSettings(input))).toBe(argument);
  });

  test.each([
    [{ workers: { resources: { requests: { cpu: -1 } } } }],
    [{ workers: { resources: { limits: { memory: -1 } } } }],
  ])("a negative amount is refused as a negative count is: %j", (input) => {
    expect(refusedArgument(() => componentSettings(input))).toMatch(/^workers\b/);
  });
});

test("one part of a component leaves its other parts", () => {
  const present = {
    workers: { replicas: 3, resources: { limits: { cpu: 500, memory: 1024 } } },
    scheduler: { replicas: 1 },
  };
  expect(mergeComponents(present, { workers: { replicas: 4, resources: { limits: { cpu: 700 } } } })).toEqual({
    workers: { replicas: 4, resources: { limits: { cpu: 700, memory: 1024 } } },
    scheduler: { replicas: 1 },
  });
});

describe("components in free JSON", () => {
  test("are taken out of it, and the rest is left", () => {
    const workers = {
      replicas: 2,
      terminationGracePeriodSeconds: 600,
      resources: { requests: { cpu: 100 }, limits: null },
    };
    const config = { workers, scheduler: {}, webserver: null, colour: "red" };
    expect(takeComponents("config", config)).toEqual({
      components: { workers, scheduler: {} },
      rest: { colour: "red" },
    });
    expect(config.workers).toBe(workers);
  });

  test.each<[unknown, string]>([
    ["two", "config.workers"],
    [[], "config.workers"],
    [{ colour: "red" }, "config.workers"],
    [{ replicas: "2" }, "config.workers.replicas"],
    [{ replicas: 1.5 }, "config.workers.replicas"],
    [{ replicas: -1 }, "config.workers.replicas"],
    [{ replicas: 2 ** 31 }, "config.workers.replicas"],
    [{ terminationGracePeriodSeconds: "long" }, "config.workers.terminationGracePeriodSeconds"],
    [{ resources: 7 }, "config.workers.resources"],
    [{ resources: { most: {} } }, "config.workers.resources"],
    [{ resources: { limits: "all" } }, "config.workers.resources.limits"],
    [{ resources: { limits: { gpu: 1 } } }, "config.workers.resources.limits"],
    [{ resources: { limits: { cpu: "100m" } } }, "config.workers.resources.limits.cpu"],
  ])("%j is refused", (workers, argument) => {
    expect(refusedArgument(() => takeComponents("config", { workers }))).toBe(argument);
  });
});

describe("what the installation allows", () => {
  const RULES: ResourceRules = {
    astroUnit: { cpu: 100, memory: 384 },
    astroUnitsEnabled: true,
    maxExtraAu: 400,
    components: [],
    triggererEnabled: true,
  };
  const limits = (cpu: number | undefined, memory: number | undefined): Components => ({
    workers: { resources: { limits: { cpu, memory } } },
  });
  const refused = (
    components: Components,
    {
      rules = {},
      astroUnits = false,
      said = components,
    }: { rules?: Partial<ResourceRules>; astroUnits?: boolean; said?: Components } = {},
  ) => refusedArgument(() => checkResources(components, { said, rules: { ...RULES, ...rules }, astroUnits }));

  test.each<[string, Components, string | null]>([
    ["nothing said", {}, null],
    ["20 workers", { workers: { replicas: 20 } }, null],
    ["21 workers", { workers: { replicas: 21 } }, "workers.replicas"],
    ["4 schedulers", { scheduler: { replicas: 4 } }, null],
    ["5 schedulers", { scheduler: { replicas: 5 } }, "scheduler.replicas"],
    ["3 triggerers", { triggerer: { replicas: 3 } }, "triggerer.replicas"],
    ["many web servers", { webserver: { replicas: 50 } }, null],
    ["ten hours of grace", { workers: { terminationGracePeriodSeconds: 36_000 } }, null],
    ["a second more", { workers: { terminationGracePeriodSeconds: 36_001 } }, "workers.terminationGracePeriodSeconds"],
    ["100 units", limits(10_000, 38_400), null],
    ["a millicore more", limits(10_001, 38_400), "workers.resources.limits.cpu"],
    ["a Mi more", limits(10_000, 38_401), "workers.resources.limits.memory"],
    ["any ratio of the two", limits(1, 38_400), null],
    ["a request up to the limit", { workers: { resources: { requests: { cpu: 5 }, limits: { cpu: 5 } } } }, null],
    [
      "a request beyond the limit",
      { workers: { resources: { requests: { memory: 6 }, limits: { memory: 5 } } } },
      "workers.resources.requests.memory",
    ],
  ])("%s", (_name, components, argument) => {
    expect(refused(components)).toBe(argument);
  });

  test.each<[string, ResourceRules["components"], Components, string | null]>([
    [
      "more workers",
      [{ name: "workers", extra: [{ name: "replicas", limit: 50 }] }],
      { workers: { replicas: 50 } },
      null,
    ],
    [
      "fewer workers",
      [{ name: "workers", extra: [{ name: "replicas", limit: 2 }] }],
      { workers: { replicas: 3 } },
      "workers.replicas",
    ],
    [
      "smaller workers",
      [{ name: "workers", au: { limit: 2 } }],
      limits(201, undefined),
      "workers.resources.limits.cpu",
    ],
    ["other components", [{ name: "statsd", au: { limit: 1 } }], limits(10_000, undefined), null],
    [
      "a default, and the limit stays",
      [{ name: "workers", au: {}, extra: [{ name: "replicas" }] }],
      { workers: { replicas: 21 } },
      "workers.replicas",
    ],
  ])("where the configuration says %s", (_name, components, given, argument) => {
    expect(refused(given, { rules: { components } })).toBe(argument);
  });

  test.each<[string, Components, string | null]>([
    ["one unit", limits(100, 384), null],
    ["none", limits(0, 0), null],
    ["half a unit", limits(50, 192), "workers.resources.limits"],
    ["two of one and one of the other", limits(200, 384), "workers.resources.limits"],
    ["processor alone", limits(100, undefined), "workers.resources.limits"],
    ["memory alone", limits(undefined, 384), "workers.resources.limits"],
    ["replicas alone", { workers: { replicas: 2 } }, null],
  ])("in Astro units: %s", (_name, components, argument) => {
    expect(refused(components, { astroUnits: true })).toBe(argument);
  });

  test("a unit is what the configuration says", () => {
    expect(
      refused(limits(250, 1_000), { astroUnits: true, rules: { astroUnit: { cpu: 250, memory: 1_000 } } }),
    ).toBeNull();
  });

  test("limits leave alone what nobody touches; units count for all", () => {
    const components = { ...limits(20_000, 1), scheduler: { replicas: 1 } };
    const said = { scheduler: { replicas: 1 } };
    expect(refused(components, { said })).toBeNull();
    expect(refused(components, { said, astroUnits: true })).toBe("workers.resources.limits");
  });

  test("a triggerer that is switched off cannot be set", () => {
    const rules = { triggererEnabled: false };
    expect(refused({ triggerer: { replicas: 1 } }, { rules })).toBe("triggerer");
    expect(refused({ workers: { replicas: 1 } }, { rules })).toBeNull();
  });

  test.each<[object, string | null]>([
    [{}, null],
    [{ extra_au: null }, null],
    [{ extra_au: 0 }, null],
    [{ extra_au: 400, other: "kept" }, null],
    [{ extra_au: 401 }, "properties.extra_au"],
    [{ extra_au: -1 }, "properties.extra_au"],
    [{ extra_au: 1.5 }, "properties.extra_au"],
    [{ extra_au: "10" }, "properties.extra_au"],
  ])("extra capacity %j", (properties, argument) => {
    expect(refusedArgument(() => checkExtraCapacity({ ...properties }, RULES))).toBe(argument);
  });
});
