import { buildReleaseState } from "../../../../test/builders/releases";
import { helmValues } from "./helm-values";
import type { ReleaseState } from "./release-state";

const state = (overrides: Partial<ReleaseState> = {}): ReleaseState =>
  buildReleaseState({
    namespace: "team-a",
    image: { repository: "registry.example.com/app", tag: "deploy-3", digest: null },
    revisionNumber: 3,
    generation: 5,
    ...overrides,
  });

test("the least that a release says", () => {
  expect(helmValues(state())).toEqual({
    defaultAirflowRepository: "registry.example.com/app",
    defaultAirflowTag: "deploy-3",
    airflowVersion: "2.9.2",
    executor: "CeleryExecutor",
    labels: { workspace: "w", deployment: "d", release: "astral-comet-1234", runtimeVersion: "11.5.0" },
    retrograde: {
      installation: "i",
      epoch: 1,
      generation: 5,
      revision: 3,
      revisionId: "r",
      chartVersion: "1.15.0",
      namespace: "team-a",
      dagDeploymentType: "image",
    },
  });
});

test("the same state gives the same text", () => {
  const rich = state({
    components: { scheduler: { replicas: 2 }, workers: { replicas: 3 } },
    environmentVariables: [
      { key: "B", value: "1", isSecret: false },
      { key: "A", value: "2", isSecret: false },
    ],
  });
  const reordered = state({ ...rich, components: { workers: { replicas: 3 }, scheduler: { replicas: 2 } } });
  expect(JSON.stringify(helmValues(reordered))).toBe(JSON.stringify(helmValues(rich)));
});

test.each<[string, Partial<ReleaseState>, object]>([
  ["a tag", {}, { defaultAirflowRepository: "registry.example.com/app", defaultAirflowTag: "deploy-3" }],
  [
    "a digest",
    { image: { repository: "app", tag: null, digest: "sha256:0" } },
    { defaultAirflowRepository: "app", defaultAirflowDigest: "sha256:0" },
  ],
  [
    "both",
    { image: { repository: "app", tag: "1", digest: "sha256:0" } },
    { defaultAirflowRepository: "app", defaultAirflowTag: "1", defaultAirflowDigest: "sha256:0" },
  ],
  ["nothing", { image: null }, {}],
])("an image with %s", (_name, overrides, expected) => {
  const { defaultAirflowRepository, defaultAirflowTag, defaultAirflowDigest } = helmValues(state(overrides));
  expect(JSON.parse(JSON.stringify({ defaultAirflowRepository, defaultAirflowTag, defaultAirflowDigest }))).toEqual(
    expected,
  );
});

test("versions that nobody knows are left out", () => {
  const values = helmValues(state({ runtimeVersion: null, airflowVersion: null }));
  expect(values).not.toHaveProperty("airflowVersion");
  expect(values["labels"]).toEqual({ workspace: "w", deployment: "d", release: "astral-comet-1234" });
});

test("a secret stands there by its name alone", () => {
  const values = helmValues(
    state({
      environmentVariables: [
        { key: "MODE", value: "fast", isSecret: false },
        { key: "EMPTY", value: "", isSecret: false },
        { key: "TOKEN", value: "s3cret", isSecret: true },
      ],
    }),
  );
  expect(values["env"]).toEqual([
    { name: "MODE", value: "fast" },
    { name: "EMPTY", value: "" },
  ]);
  expect(values["secret"]).toEqual([{ envName: "TOKEN", secretName: "astral-comet-1234-env", secretKey: "TOKEN" }]);
  expect(JSON.stringify(values)).not.toContain("s3cret");
});

describe("components", () => {
  test.each<[string, Partial<ReleaseState>, object]>([
    ["replicas", { components: { triggerer: { replicas: 0 } } }, { triggerer: { replicas: 0 } }],
    [
      "amounts with their units",
      { components: { workers: { resources: { requests: { cpu: 500, memory: 1024 }, limits: { memory: 2048 } } } } },
      { workers: { resources: { requests: { cpu: "500m", memory: "1024Mi" }, limits: { memory: "2048Mi" } } } },
    ],
    [
      "amounts of which one is null",
      { components: { webserver: { resources: { limits: { cpu: 1, memory: null } } } } },
      { webserver: { resources: { limits: { cpu: "1m" } } } },
    ],
    ["nothing of one that is empty", { components: { scheduler: {} } }, {}],
    ["nothing of one that the chart lacks", { components: { teleporter: { replicas: 9 } } }, {}],
  ])("say %s", (_name, overrides, expected) => {
    const { workers, webserver, scheduler, triggerer, teleporter } = helmValues(state(overrides));
    expect(JSON.parse(JSON.stringify({ workers, webserver, scheduler, triggerer, teleporter }))).toEqual(expected);
  });

  test("all take on the cloud role", () => {
    const values = helmValues(state({ cloudRole: "arn:aws:iam::1:role/x", components: { workers: { replicas: 2 } } }));
    const serviceAccount = { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" } };
    expect(values).toMatchObject({
      workers: { replicas: 2, serviceAccount },
      webserver: { serviceAccount },
      scheduler: { serviceAccount },
      triggerer: { serviceAccount },
    });
  });
});

describe("DAGs", () => {
  const settings = {
    repositoryUrl: "https://git.example.com/dags",
    branchName: "main",
    rev: "v1",
    dagDirectoryLocation: "dags",
    syncInterval: 60,
    sshKey: "-----BEGIN PRIVATE KEY-----",
  };

  test("from git say where they are, and never the key", () => {
    const values = helmValues(state({ dagDeploymentType: "git_sync", dagDeployment: settings }));
    expect(values["dags"]).toEqual({
      gitSync: {
        enabled: true,
        repo: "https://git.example.com/dags",
        branch: "main",
        rev: "v1",
        subPath: "dags",
        period: "60s",
      },
    });
    expect(JSON.stringify(values)).not.toContain("PRIVATE KEY");
  });

  test("from git without settings are on all the same", () => {
    expect(helmValues(state({ dagDeploymentType: "git_sync" }))["dags"]).toEqual({ gitSync: { enabled: true } });
  });

  test.each(["image", "volume", "dag_deploy"])("that come by %s say nothing of git", (dagDeploymentType) => {
    expect(helmValues(state({ dagDeploymentType, dagDeployment: settings }))).not.toHaveProperty("dags");
  });

  test("that were uploaded name their bundle", () => {
    const uploaded = { dagTarballVersion: "2024-07-15T09:30:00.0000000Z", dagBundleSha256: "a".repeat(64) };
    const values = helmValues(state({ dagDeploymentType: "dag_deploy", ...uploaded }));
    expect(values["retrograde"]).toMatchObject({ dagDeploymentType: "dag_deploy", ...uploaded });
  });

  test("that were never uploaded name no bundle", () => {
    expect(helmValues(state({ dagDeploymentType: "dag_deploy" }))["retrograde"]).not.toHaveProperty("dagBundleSha256");
  });

  test.each(["image", "volume", "git_sync"])("that come by %s name no bundle", (dagDeploymentType) => {
    expect(helmValues(state({ dagDeploymentType, dagBundleSha256: "a".repeat(64) }))["retrograde"]).not.toHaveProperty(
      "dagBundleSha256",
    );
  });
});
