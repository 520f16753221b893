import { InvalidInput } from "../../../shared/domain/errors";
import type { DagDeploymentType, EnvironmentVariable } from "./deployment";
import {
  checkDescription,
  checkJsonObject,
  checkLabel,
  checkMechanism,
  checkName,
  componentSettings,
  dagDeploymentSettings,
  presentVariables,
  replaceVariables,
  type MechanismRules,
  type VariableInput,
} from "./settings";

/** The argument that is refused, or null where nothing is. */
function refusedArgument(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (error instanceof InvalidInput) return error.argument;
    throw error;
  }
}

describe("a label", () => {
  test.each([
    ["Sales", "Sales"],
    ["  Sales  ", "Sales"],
    ["x".repeat(190), "x".repeat(190)],
    [` ${"x".repeat(190)} `, "x".repeat(190)],
    ["Ümläut 🚀", "Ümläut 🚀"],
  ])("%.20j is kept as %.20j", (text, kept) => {
    expect(checkLabel(text)).toBe(kept);
  });

  test.each(["", "   ", "\n\t", "x".repeat(191)])("%.20j is refused", (text) => {
    expect(refusedArgument(() => checkLabel(text))).toBe("label");
  });
});

test.each<[string | null, string | null]>([
  [null, null],
  ["", null],
  ["what it is for", null],
  ["x".repeat(1_000), null],
  ["x".repeat(1_001), "description"],
])("of the description %.20j the refused argument is %j", (text, argument) => {
  expect(refusedArgument(() => checkDescription(text))).toBe(argument);
});

describe("a release name or namespace", () => {
  test.each(["a", "z9", "astral-comet-1234", "a--b", `a${"-".repeat(51)}z`])("may be %.60j", (name) => {
    expect(checkName("releaseName", name)).toBe(name);
  });

  test.each(["", "1a", "-a", "a-", "A", "aB", "a_b", "a.b", "a b", "ä", "a\0", "a\n", `a${"b".repeat(53)}`, "../a", "a/b"])(
    "is not %.60j",
    (name) => {
      expect(refusedArgument(() => checkName("releaseName", name))).toBe("releaseName");
      expect(refusedArgument(() => checkName("namespace", name))).toBe("namespace");
    },
  );
});

describe("a mechanism", () => {
  const NOTHING: MechanismRules = {
    configureDagDeployment: false,
    dagOnlyDeployment: false,
    nfsMountDagDeployment: false,
    gitSyncDagDeployment: false,
  };

  test.each<[DagDeploymentType, (keyof MechanismRules)[], string | null]>([
    ["image", [], null],
    ["dag_deploy", [], "configureDagDeployment"],
    ["dag_deploy", ["dagOnlyDeployment"], "configureDagDeployment"],
    ["dag_deploy", ["configureDagDeployment"], "dagOnlyDeployment"],
    ["dag_deploy", ["configureDagDeployment", "nfsMountDagDeployment", "gitSyncDagDeployment"], "dagOnlyDeployment"],
    ["dag_deploy", ["configureDagDeployment", "dagOnlyDeployment"], null],
    ["volume", ["configureDagDeployment", "dagOnlyDeployment"], "nfsMountDagDeployment"],
    ["volume", ["configureDagDeployment", "nfsMountDagDeployment"], null],
    ["git_sync", ["configureDagDeployment", "dagOnlyDeployment"], "gitSyncDagDeployment"],
    ["git_sync", ["configureDagDeployment", "gitSyncDagDeployment"], null],
  ])("%s with %j on lacks %j", (type, on, missing) => {
    const rules = { ...NOTHING, ...Object.fromEntries(on.map((setting) => [setting, true])) };
    if (missing === null) expect(checkMechanism(type, rules)).toBe(type);
    else expect(() => checkMechanism(type, rules)).toThrow(`dagDeployment.type: ${type} is switched off for the installation (deployments.${missing})`);
  });
});

test.each([
  [{}, {}],
  [{ type: "git_sync" }, {}],
  [{ type: null, repositoryUrl: null, branchName: undefined, rev: "" }, {}],
  [{ type: "git_sync", repositoryUrl: "https://git.example.com/dags", syncInterval: 60 }, { repositoryUrl: "https://git.example.com/dags", syncInterval: 60 }],
  [{ syncTimeout: 0 }, { syncTimeout: 0 }],
])("of the mechanism's settings %j there remain %j", (input, kept) => {
  expect(dagDeploymentSettings(input)).toEqual(kept);
});

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

describe("free JSON", () => {
  test.each([{}, { a: null }, { a: { b: [1, "2", true] } }, { a: "x".repeat(99_992) }])("%.20j is an object", (value) => {
    expect(checkJsonObject("config", value)).toBe(value);
  });

  test.each([null, "text", 7, true, [], [{}], { a: "x".repeat(99_993) }])("%.20j is refused", (value) => {
    expect(refusedArgument(() => checkJsonObject("config", value))).toBe("config");
  });
});

describe("environment variables", () => {
  const PRESENT: EnvironmentVariable[] = [
    { key: "TOKEN", value: "hidden", isSecret: true },
    { key: "MODE", value: "fast", isSecret: false },
  ];

  test.each<[string, VariableInput[], EnvironmentVariable[]]>([
    ["none clears the list", [], []],
    ["the order is that given", [{ key: "B", value: "1" }, { key: "A", value: "2" }], [
      { key: "B", value: "1", isSecret: false },
      { key: "A", value: "2", isSecret: false },
    ]],
    ["a secret without a value keeps its own", [{ key: "TOKEN", isSecret: true }], [{ key: "TOKEN", value: "hidden", isSecret: true }]],
    ["a secret with an empty value keeps its own", [{ key: "TOKEN", value: "", isSecret: true }], [{ key: "TOKEN", value: "hidden", isSecret: true }]],
    ["a secret with a value takes it", [{ key: "TOKEN", value: "new", isSecret: true }], [{ key: "TOKEN", value: "new", isSecret: true }]],
    ["a secret that becomes plain loses its value", [{ key: "TOKEN", isSecret: false }], [{ key: "TOKEN", value: "", isSecret: false }]],
    ["a plain one without a value is empty", [{ key: "MODE" }], [{ key: "MODE", value: "", isSecret: false }]],
    ["a new secret without a value is empty", [{ key: "NEW", value: null, isSecret: true }], [{ key: "NEW", value: "", isSecret: true }]],
    ["a plain one does not lend its value to a secret", [{ key: "MODE", isSecret: true }], [{ key: "MODE", value: "", isSecret: true }]],
    ["the longest value is kept whole", [{ key: "A", value: "x".repeat(65_536) }], [{ key: "A", value: "x".repeat(65_536), isSecret: false }]],
  ])("%s", (_name, input, expected) => {
    expect(replaceVariables(input, PRESENT)).toEqual(expected);
  });

  test.each<[string, VariableInput[]]>([
    ["no key", [{ value: "x" }]],
    ["a null key", [{ key: null }]],
    ["an empty key", [{ key: "" }]],
    ["a key that starts with a digit", [{ key: "1A" }]],
    ["a key with a dash", [{ key: "A-B" }]],
    ["a key with a line break", [{ key: "A\n" }]],
    ["a key with a null character", [{ key: "A\0" }]],
    ["a key of 191 characters", [{ key: "A".repeat(191) }]],
    ["a key given twice", [{ key: "A" }, { key: "A" }]],
    ["a value that is too long", [{ key: "A", value: "x".repeat(65_537) }]],
    ["1001 of them", Array.from({ length: 1_001 }, (_, index) => ({ key: `A${index}` }))],
  ])("%s is refused", (_name, input) => {
    expect(refusedArgument(() => replaceVariables(input, PRESENT))).toBe("environmentVariables");
  });

  test("a refused value does not stand in the message", () => {
    expect(() => replaceVariables([{ key: "A", value: `s3cret${"x".repeat(65_536)}` }], [])).toThrow(/^(?!.*s3cret)/);
  });

  test("only plain values are shown", () => {
    expect(presentVariables(PRESENT)).toEqual([
      { key: "TOKEN", value: "", isSecret: true },
      { key: "MODE", value: "fast", isSecret: false },
    ]);
  });
});
