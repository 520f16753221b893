import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { ReleaseState } from "../domain/release-state";
import { FilesystemDriver } from "./filesystem-driver";

const { signal } = new AbortController();

const state = (overrides: Partial<ReleaseState>): ReleaseState => ({
  releaseName: "astral-comet-1234",
  namespace: "astral-comet-1234",
  chartVersion: "1.15.0",
  workspaceId: "w",
  deploymentId: "d",
  revisionId: "r",
  revisionNumber: 1,
  generation: 1,
  image: { repository: "registry.example.com/app", tag: "a", digest: null },
  runtimeVersion: "11.5.0",
  airflowVersion: "2.9.2",
  executor: "CeleryExecutor",
  dagDeploymentType: "image",
  dagDeployment: {},
  dagTarballVersion: null,
  components: {},
  environmentVariables: [{ key: "TOKEN", value: "hidden", isSecret: true }],
  cloudRole: null,
  ...overrides,
});

describe("the filesystem driver", () => {
  let root: string;
  let driver: FilesystemDriver;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "retrograde-driver-"));
    driver = new FilesystemDriver(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const file = () => readFile(join(root, "astral-comet-1234", "values.yaml"), "utf8");
  const revision = async () => (parse(await file()) as { retrograde: { revision: number } }).retrograde.revision;

  test("writes the same file for the same state, and no secret", async () => {
    await driver.apply(state({}), signal);
    const before = await file();
    await driver.apply(state({}), signal);
    expect(await file()).toBe(before);
    expect(before).not.toContain("hidden");
    expect(before).toContain("secretKey: TOKEN");
  });

  test("a late rollout of an older generation changes nothing", async () => {
    await driver.apply(state({ revisionNumber: 3, generation: 3 }), signal);
    await driver.apply(state({ revisionNumber: 2, generation: 2 }), signal);
    expect(await revision()).toBe(3);
  });

  test("an older revision comes back once a newer one has failed", async () => {
    await driver.apply(state({ revisionNumber: 2, generation: 2 }), signal);
    await driver.apply(state({ revisionNumber: 1, generation: 3 }), signal);
    expect(await revision()).toBe(1);
  });

  test("takes a release down, also one that is not there", async () => {
    await driver.apply(state({}), signal);
    await driver.remove("astral-comet-1234");
    await driver.remove("astral-comet-1234");
    await expect(file()).rejects.toThrow("ENOENT");
  });
});
