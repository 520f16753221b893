import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parse } from "yaml";
import {
  RolloutRejected,
  type DagTrees,
  type ReleaseName,
  type ReleaseState,
  type RolloutOutcome,
  type RolloutRequest,
  type RolloutSteps,
} from "../../src/features/rollouts";
import { unkeptSteps } from "../../src/features/rollouts/app/step-recorder";
import { FilesystemDriver } from "../../src/features/rollouts/drivers/filesystem-driver";

export const buildReleaseState = (overrides: Partial<ReleaseState> = {}): ReleaseState => ({
  releaseName: "astral-comet-1234",
  namespace: "astral-comet-1234",
  chartVersion: "1.15.0",
  workspaceId: "w",
  deploymentId: "d",
  revisionId: "r",
  revisionNumber: 1,
  installationId: "i",
  epoch: 1,
  generation: 1,
  image: { repository: "registry.example.com/app", tag: "a", digest: null },
  runtimeVersion: "11.5.0",
  airflowVersion: "2.9.2",
  executor: "CeleryExecutor",
  dagDeploymentType: "image",
  dagDeployment: {},
  dagTarballVersion: null,
  dagBundleSha256: null,
  components: {},
  environmentVariables: [],
  cloudRole: null,
  ...overrides,
});

/** What a driver is asked for: the state, over whatever was there. */
export const buildRolloutRequest = (
  overrides: Partial<ReleaseState> = {},
  steps: RolloutSteps = unkeptSteps,
): RolloutRequest => ({
  from: null,
  to: buildReleaseState(overrides),
  steps,
  secrets: () => ({ environmentVariables: {}, sshKey: null, dockerConfig: null }),
});

export const releaseNamed = (releaseName: string, deploymentId: string | null = null): ReleaseName => ({
  releaseName,
  namespace: releaseName,
  deploymentId,
});

export type Files = Readonly<Record<string, string>>;

/** DAG bundles in memory. */
class DagTreesInMemory implements DagTrees {
  /** The checksums that were unpacked, in order. */
  readonly unpacked: string[] = [];
  /** Called after each file that was written. */
  onFile: (path: string) => void | Promise<void> = () => undefined;
  private readonly bundles = new Map<string, Files>();

  /** Keeps a bundle, and says its checksum. */
  put(files: Files): string {
    const sha256 = createHash("sha256").update(JSON.stringify(files)).digest("hex");
    this.bundles.set(sha256, files);
    return sha256;
  }

  async unpack(sha256: string, folder: string, _signal: AbortSignal): Promise<void> {
    const files = this.bundles.get(sha256);
    if (files === undefined) throw new RolloutRejected("the bundle is gone");
    this.unpacked.push(sha256);
    for (const [path, content] of Object.entries(files)) {
      await fs.mkdir(dirname(join(folder, path)), { recursive: true });
      await fs.writeFile(join(folder, path), content);
      await this.onFile(path);
    }
  }
}

/** The files below a folder with their content, as one sees them who opens it once; null where there is no folder. */
export async function filesIn(path: string): Promise<Files | null> {
  const folder = await fs.realpath(path).catch(() => null);
  if (folder === null) return null;
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (file) => [relative(folder, file), await fs.readFile(file, "utf8")] as const),
    ),
  );
}

/**
 * Lets tests that write thousands of files not wait for the disk: what it keeps through a power cut cannot be
 * tested here anyway. Undone by jest.restoreAllMocks.
 */
export async function withoutWaitingForTheDisk(): Promise<void> {
  const handle = await fs.open(tmpdir(), "r");
  await handle.close();
  jest.spyOn(Object.getPrototypeOf(handle) as fs.FileHandle, "sync").mockResolvedValue();
}

/** The filesystem driver over a folder of its own, looked at through one release. */
export class ReleaseFolder {
  static readonly release = "astral-comet-1234";
  readonly trees = new DagTreesInMemory();
  readonly driver: FilesystemDriver;
  readonly folder: string;
  /** How far the driver's clock is ahead. */
  aheadMs = 0;

  private constructor(readonly root: string) {
    this.folder = join(root, ReleaseFolder.release);
    this.driver = new FilesystemDriver(root, this.trees, () => Date.now() + this.aheadMs);
  }

  static async create(): Promise<ReleaseFolder> {
    return new ReleaseFolder(await fs.mkdtemp(join(tmpdir(), "retrograde-driver-")));
  }

  apply(overrides: Partial<ReleaseState> = {}, signal = new AbortController().signal): Promise<RolloutOutcome> {
    return this.driver.apply(buildRolloutRequest(overrides), signal);
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  async exists(...names: string[]): Promise<boolean> {
    return fs.lstat(this.path(...names)).then(
      () => true,
      () => false,
    );
  }

  values(): Promise<string> {
    return fs.readFile(this.path("values.yaml"), "utf8");
  }

  async applied(): Promise<{
    readonly revision: number;
    readonly epoch: number;
    readonly generation: number;
    readonly dagBundleSha256?: string;
  }> {
    return (parse(await this.values()) as { retrograde: { revision: number; epoch: number; generation: number } })
      .retrograde;
  }

  dags(): Promise<Files | null> {
    return filesIn(this.path("dags"));
  }

  /** What is in `.dags`: trees, and links of attempts under way. */
  async kept(): Promise<string[]> {
    return (await fs.readdir(this.path(".dags")).catch(() => [])).sort();
  }

  async delete(): Promise<void> {
    await fs.rm(this.root, { recursive: true, force: true });
  }
}
