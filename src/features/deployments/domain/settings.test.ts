import { InvalidInput } from "../../../kernel/errors";
import type { DagDeploymentType, EnvironmentVariable } from "./deployment";
import {
  checkJsonObject,
  checkMechanism,
  checkReleaseName,
  dagDeploymentSettings,
  mergeDagDeployment,
  presentDagDeployment,
  presentVariables,
  replaceVariables,
  sealedDockerConfig,
  takeExecutor,
  withAstroUnits,
  type MechanismRules,
  type VariableInput,
} from "./settings";

/** Shows what would be sealed, and where. */
const seal = (plaintext: string, field: string): string => `${field}=${plaintext}`;

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

describe("a release name", () => {
  test.each(["a", "z9", "astral-comet-1234", "a--b", `a${"-".repeat(51)}z`])("may be %.60j", (name) => {
    expect(checkReleaseName(name)).toBe(name);
  });

  test.each([
    "",
    "1a",
    "-a",
    "a-",
    "A",
    "aB",
    "a_b",
    "a.b",
    "a b",
    "ä",
    "a\0",
    "a\n",
    `a${"b".repeat(53)}`,
    "../a",
    "a/b",
  ])("is not %.60j", (name) => {
    expect(refusedArgument(() => checkReleaseName(name))).toBe("releaseName");
  });
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
    else
      expect(() => checkMechanism(type, rules)).toThrow(
        `dagDeployment.type: ${type} is switched off for the installation (deployments.${missing})`,
      );
  });
});

test.each([
  [{}, {}],
  [{ type: "git_sync" }, {}],
  [{ type: null, repositoryUrl: null, branchName: undefined, rev: "" }, {}],
  [
    { type: "git_sync", repositoryUrl: "https://git.example.com/dags", syncInterval: 60 },
    { repositoryUrl: "https://git.example.com/dags", syncInterval: 60 },
  ],
  [{ syncTimeout: 0 }, { syncTimeout: 0 }],
  [{ sshKey: "" }, {}],
  [
    { sshKey: "private", rev: "v1" },
    { rev: "v1", sealedSshKey: "dagDeployment.sshKey=private" },
  ],
  [{ repositoryUrl: "ssh://git@git.example.com/dags" }, { repositoryUrl: "ssh://git@git.example.com/dags" }],
  [{ repositoryUrl: "git@git.example.com:dags.git" }, { repositoryUrl: "git@git.example.com:dags.git" }],
])("of the mechanism's settings %j there remain %j", (input, kept) => {
  expect(dagDeploymentSettings(input, seal)).toEqual(kept);
});

test.each(["192.0.2.7:/exports/dags", "nfs.example.com:/", "[2001:db8::7]:/dags", "nas:/my dags"])(
  "the NFS location %s is taken",
  (nfsLocation) => {
    expect(dagDeploymentSettings({ nfsLocation }, seal)).toEqual({ nfsLocation });
  },
);

test.each(["nonsense", "192.0.2.7", "nas:dags", ":/dags", "nas:/a\nb", "a b:/dags", "nfs://nas/dags"])(
  "the NFS location %j is refused",
  (nfsLocation) => {
    expect(refusedArgument(() => dagDeploymentSettings({ nfsLocation }, seal))).toBe("dagDeployment.nfsLocation");
  },
);

test("a password in the repository's address is refused, and not said again", () => {
  const settings = () => dagDeploymentSettings({ repositoryUrl: "https://me:s3cret@git.example.com/dags" }, seal);
  expect(refusedArgument(settings)).toBe("dagDeployment.repositoryUrl");
  expect(settings).toThrow(/^(?!.*s3cret)/);
});

test.each([
  [{ rev: "v1", sealedSshKey: "old" }, { rev: "v2" }, { rev: "v2", sealedSshKey: "old" }],
  [{ rev: "v1", sealedSshKey: "old" }, { sealedSshKey: "new" }, { rev: "v1", sealedSshKey: "new" }],
  [{ rev: "v1", sshKey: "unsealed" }, { sealedSshKey: "new" }, { rev: "v1", sealedSshKey: "new" }],
  [{ rev: "v1", sshKey: "unsealed" }, { rev: "v2" }, { rev: "v2", sshKey: "unsealed" }],
  [{ repositoryUrl: "a", rev: "v1" }, { repositoryUrl: "b" }, { repositoryUrl: "b" }],
  [{ repositoryUrl: "a", rev: "v1" }, { repositoryUrl: "a" }, { repositoryUrl: "a", rev: "v1" }],
  [
    { repositoryUrl: "a", rev: "v1" },
    { repositoryUrl: "b", rev: "v2" },
    { repositoryUrl: "b", rev: "v2" },
  ],
])("%j with %j becomes %j", (present, said, merged) => {
  expect(mergeDagDeployment(present, said)).toEqual(merged);
});

test("of the mechanism's settings the key is never shown", () => {
  expect(presentDagDeployment({ rev: "v1", sshKey: "unsealed", sealedSshKey: "sealed" })).toEqual({ rev: "v1" });
});

test("registry credentials are sealed as a whole, and only if they are an object", () => {
  expect(sealedDockerConfig({ auths: {} }, seal)).toEqual({ sealed: 'dockerconfigjson={"auths":{}}' });
  expect(refusedArgument(() => sealedDockerConfig("{}", seal))).toBe("dockerconfigjson");
});

test.each([
  [{}, { executor: undefined, rest: {} }],
  [
    { executor: null, a: 1 },
    { executor: undefined, rest: { a: 1 } },
  ],
  [
    { executor: "LocalExecutor", a: 1 },
    { executor: "LocalExecutor", rest: { a: 1 } },
  ],
])("of the configuration %j comes %j", (config, taken) => {
  expect(takeExecutor(config)).toEqual(taken);
});

test.each(["SequentialExecutor", "", 7, []])("the executor %j is refused in a configuration", (executor) => {
  expect(refusedArgument(() => takeExecutor({ executor }))).toBe("config.executor");
});

test.each<[object, boolean | undefined, boolean, object | string]>([
  [{ a: 1 }, undefined, true, { a: 1 }],
  [{ a: 1 }, true, true, { a: 1, astroUnitsEnabled: true }],
  [{ astroUnitsEnabled: true }, undefined, true, { astroUnitsEnabled: true }],
  [{ astroUnitsEnabled: true }, false, true, { astroUnitsEnabled: false }],
  [{}, false, false, { astroUnitsEnabled: false }],
  [{}, true, false, "astroUnitsEnabled"],
  [{ astroUnitsEnabled: "yes" }, undefined, true, "config.astroUnitsEnabled"],
])("Astro units: %j and %j, allowed: %j", (config, said, astroUnitsEnabled, expected) => {
  const attempt = () => withAstroUnits({ ...config }, said, { astroUnitsEnabled });
  if (typeof expected === "string") expect(refusedArgument(attempt)).toBe(expected);
  else expect(attempt()).toEqual(expected);
});

describe("free JSON", () => {
  test.each([{}, { a: null }, { a: { b: [1, "2", true] } }, { a: "x".repeat(99_992) }])(
    "%.20j is an object",
    (value) => {
      expect(checkJsonObject("config", value)).toBe(value);
    },
  );

  test.each([null, "text", 7, true, [], [{}], { a: "x".repeat(99_993) }])("%.20j is refused", (value) => {
    expect(refusedArgument(() => checkJsonObject("config", value))).toBe("config");
  });
});

test("JSON that is nested beyond measure is refused, and not stumbled over", () => {
  const nested = (levels: number): object => {
    let value: object = {};
    for (let level = 1; level < levels; level++) value = level % 2 === 0 ? { a: value } : { a: [value] };
    return value;
  };
  expect(refusedArgument(() => checkJsonObject("config", nested(60)))).toBeNull();
  for (const levels of [200, 200_000])
    expect(refusedArgument(() => checkJsonObject("config", nested(levels)))).toBe("config");
});

describe("environment variables", () => {
  const PRESENT: EnvironmentVariable[] = [
    { key: "TOKEN", sealed: "hidden", isSecret: true },
    { key: "MODE", value: "fast", isSecret: false },
  ];

  test.each<[string, VariableInput[], EnvironmentVariable[]]>([
    ["none clears the list", [], []],
    [
      "the order is that given",
      [
        { key: "B", value: "1" },
        { key: "A", value: "2" },
      ],
      [
        { key: "B", value: "1", isSecret: false },
        { key: "A", value: "2", isSecret: false },
      ],
    ],
    [
      "a secret without a value keeps its own",
      [{ key: "TOKEN", isSecret: true }],
      [{ key: "TOKEN", sealed: "hidden", isSecret: true }],
    ],
    [
      "a secret with an empty value keeps its own",
      [{ key: "TOKEN", value: "", isSecret: true }],
      [{ key: "TOKEN", sealed: "hidden", isSecret: true }],
    ],
    [
      "a secret with a value takes it",
      [{ key: "TOKEN", value: "new", isSecret: true }],
      [{ key: "TOKEN", sealed: "environmentVariables.TOKEN=new", isSecret: true }],
    ],
    [
      "a secret that becomes plain loses its value",
      [{ key: "TOKEN", isSecret: false }],
      [{ key: "TOKEN", value: "", isSecret: false }],
    ],
    ["a plain one without a value is empty", [{ key: "MODE" }], [{ key: "MODE", value: "", isSecret: false }]],
    [
      "a new secret without a value is empty",
      [{ key: "NEW", value: null, isSecret: true }],
      [{ key: "NEW", sealed: "environmentVariables.NEW=", isSecret: true }],
    ],
    [
      "a plain one does not lend its value to a secret",
      [{ key: "MODE", isSecret: true }],
      [{ key: "MODE", sealed: "environmentVariables.MODE=", isSecret: true }],
    ],
    [
      "the longest value is kept whole",
      [{ key: "A", value: "x".repeat(65_536) }],
      [{ key: "A", value: "x".repeat(65_536), isSecret: false }],
    ],
  ])("%s", (_name, input, expected) => {
    expect(replaceVariables(input, PRESENT, seal)).toEqual(expected);
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
    expect(refusedArgument(() => replaceVariables(input, PRESENT, seal))).toBe("environmentVariables");
  });

  test("a refused value does not stand in the message", () => {
    expect(() => replaceVariables([{ key: "A", value: `s3cret${"x".repeat(65_536)}` }], [], seal)).toThrow(
      /^(?!.*s3cret)/,
    );
  });

  test("a secret that an older version kept in plain text is sealed as it is kept", () => {
    const present = [{ key: "TOKEN", value: "plain", isSecret: true }] as unknown as EnvironmentVariable[];
    expect(replaceVariables([{ key: "TOKEN", isSecret: true }], present, seal)).toEqual([
      { key: "TOKEN", isSecret: true, sealed: "environmentVariables.TOKEN=plain" },
    ]);
    expect(presentVariables(present)).toEqual([{ key: "TOKEN", value: "", isSecret: true }]);
  });

  test("only plain values are shown", () => {
    expect(presentVariables(PRESENT)).toEqual([
      { key: "TOKEN", value: "", isSecret: true },
      { key: "MODE", value: "fast", isSecret: false },
    ]);
  });
});
