import { mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FOLDER_MODE } from "../../../infrastructure/files/modes";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { DagTrees } from "../app/dag-trees";
import { FIRST_EPOCH } from "../../installation";
import { isFileError, unlessMissing } from "../../../infrastructure/files/file-errors";
import {
  RolloutRejected,
  type PlacedRelease,
  type ReleaseName,
  type RolloutDriver,
  type RolloutOutcome,
  type RolloutRequest,
  type RolloutSteps,
} from "../app/rollout-driver";
import { helmValues } from "../domain/helm-values";
import { isOvertaken } from "../domain/overtaken";
import type { ReleaseState } from "../domain/release-state";
import { ABANDONED_AFTER_MS, DagsFolder, ForeignDags, type Tree } from "./dags-folder";
import { messageOf, presentable } from "./file-errors";
import { removeUnfinished, replaceFile } from "./replace-file";

const VALUES_FILE = "values.yaml";
const IS_FOLDER = ["EISDIR", "ERR_FS_EISDIR"];
const SHA256 = /^[0-9a-f]{64}$/;
/** The first versions wrote no epoch, and a file without a revision holds the newest. */
const Applied = z.object({
  labels: z.object({ deployment: z.string() }),
  retrograde: z.object({
    generation: z.number(),
    epoch: z.number().default(FIRST_EPOCH),
    revision: z.number().default(Infinity),
  }),
});
type Applied = z.infer<typeof Applied>;

/**
 * Keeps two things per release, of which a reader sees the old or the new, and which are on disk before the deploy
 * counts as finished:
 * - `<root>/<releaseName>/values.yaml`: what a Helm release of Airflow would be given;
 * - `<root>/<releaseName>/dags`: the files of the DAG bundle, where the state has one (see DagsFolder). A local Airflow
 * can follow the folder, or a GitOps repository commit it.
 *
 * A state is applied in this order, and applying it again makes good a crash between any two steps: 1. UNPACK_DAGS: the
 * DAG files are unpacked aside. This takes time and may fail, so nothing has changed by then, and a bundle that is gone
 * leaves in place what ran before. 2. WRITE_VALUES: `values.yaml` is replaced. It carries epoch and generation, which
 * it claims for `dags` too: from here on an older state changes neither. The other way round a late older state could
 * put its DAGs back in between. 3. SWITCH_DAGS, or REMOVE_DAGS: `dags` is switched. Both are renames and follow at
 * once: from 2 on nothing calls the rollout off, as half of it would be a combination that was never deployed. 4. Trees
 * that have had their time are removed. Failing to do so fails no rollout; `tidy` will say so.
 *
 * Changes that a person makes in a live tree are not noticed, and are lost with the next bundle.
 */
export class FilesystemDriver implements RolloutDriver {
  readonly name = "filesystem";

  constructor(
    private readonly root: string,
    private readonly dagTrees: DagTrees,
    /** In ms, comparable with the time stamps of files. */
    private readonly now: () => number = Date.now,
  ) {}

  async apply({ to, steps }: RolloutRequest, signal: AbortSignal): Promise<RolloutOutcome> {
    const inWords = (error: unknown): never => {
      throw presentable(error, dirname(this.root));
    };
    return this.place(to, { run: (name, work) => steps.run(name, () => work().catch(inWords)) }, signal).catch(inWords);
  }

  private async place(state: ReleaseState, steps: RolloutSteps, signal: AbortSignal): Promise<RolloutOutcome> {
    const dags = this.dagsOf(state.releaseName);
    await mkdir(this.folderOf(state.releaseName), { recursive: true, mode: FOLDER_MODE }).catch((error: unknown) =>
      refuse(state, error),
    );
    const found = await this.applied(state.releaseName);
    if (await this.isOvertaken(state, dags)) return "overtaken";
    signal.throwIfAborted();
    const sha256 = await this.dagsToUnpack(state, dags);
    const unpack = (bundle: string) => () =>
      this.unpack({ generation: state.generation, sha256: bundle }, dags, signal);
    const tree = sha256 === null ? null : await steps.run("UNPACK_DAGS", unpack(sha256));
    try {
      signal.throwIfAborted();
      // Unpacking has taken its time.
      if ((await this.isOvertaken(state, dags)) || (await this.isTakenOver(state, found))) return "overtaken";
      const values = stringify(helmValues(state));
      await steps.run("WRITE_VALUES", () =>
        replaceFile(this.valuesOf(state.releaseName), values).catch((error: unknown) => refuse(state, error)),
      );
      if (state.dagBundleSha256 === null && (await dags.live()).kind === "tree")
        await steps.run("REMOVE_DAGS", () => dags.takeAway());
      if (tree !== null)
        await steps.run("SWITCH_DAGS", () => dags.makeLive(tree).catch((error: unknown) => refuse(state, error)));
    } finally {
      if (tree !== null) await dags.discard(tree);
    }
    await this.sweep(state.releaseName).catch(() => undefined);
    return "applied";
  }

  /** Removes everything from a release's folder but what others have put into it. */
  async remove({ releaseName, deploymentId }: ReleaseName): Promise<void> {
    const values = this.valuesOf(releaseName);
    const applied = await this.applied(releaseName);
    if (applied !== null && deploymentId !== null && applied.labels.deployment !== deploymentId) return;
    await this.dagsOf(releaseName).remove();
    await removeUnfinished(values, Infinity);
    await rm(values, { force: true }).catch((error: unknown) => {
      if (!isFileError(error, ...IS_FOLDER)) throw error;
    });
    try {
      await rmdir(this.folderOf(releaseName));
    } catch (error) {
      if (!isFileError(error, "ENOENT", "ENOTEMPTY", "EEXIST")) throw error;
    }
  }

  async *placed(): AsyncGenerator<PlacedRelease> {
    for (const releaseName of await this.releaseNames()) {
      const applied = await this.applied(releaseName);
      if (applied === null) continue;
      const { generation, epoch } = applied.retrograde;
      yield { releaseName, deploymentId: applied.labels.deployment, generation, epoch };
    }
  }

  async tidy(): Promise<void> {
    const failures: string[] = [];
    for (const name of await this.releaseNames()) {
      await this.sweep(name).catch((error: unknown) => failures.push(`${name}: ${messageOf(error)}`));
    }
    if (failures.length > 0) throw new Error(`some releases could not be tidied up: ${failures.join("; ")}`);
  }

  /** The bundle whose files are still to be unpacked; null if there is to be none, or it is live already. */
  private async dagsToUnpack(state: ReleaseState, dags: DagsFolder): Promise<string | null> {
    const { dagBundleSha256: sha256 } = state;
    if (sha256 === null) return null;
    if (!SHA256.test(sha256)) throw new RolloutRejected(`${sha256} is not the checksum of a DAG bundle`);
    const live = await dags.live();
    if (live.kind === "foreign") return refuse(state, new ForeignDags());
    return live.kind === "tree" && live.tree.sha256 === sha256 && (await dags.has(live.tree)) ? null : sha256;
  }

  private unpack(bundle: Pick<Tree, "generation" | "sha256">, dags: DagsFolder, signal: AbortSignal): Promise<Tree> {
    return dags.prepare(bundle, (folder) => this.dagTrees.unpack(bundle.sha256, folder, signal), signal);
  }

  private async isOvertaken(state: ReleaseState, dags: DagsFolder): Promise<boolean> {
    const applied = await this.applied(state.releaseName);
    if (applied !== null) {
      const { revision: revisionNumber, ...position } = applied.retrograde;
      return applied.labels.deployment === state.deploymentId && isOvertaken({ ...position, revisionNumber }, state);
    }
    // values.yaml was edited by hand and cannot be read. The link still names a generation, but no epoch, so it is of
    // no use after a restore.
    const live = await dags.live();
    return state.epoch === FIRST_EPOCH && live.kind === "tree" && live.tree.generation > state.generation;
  }

  /** Whether another Deployment has taken the release name since `found` was recorded. */
  private async isTakenOver({ releaseName, deploymentId }: ReleaseState, found: Applied | null): Promise<boolean> {
    const owner = (await this.applied(releaseName))?.labels.deployment;
    return owner !== undefined && owner !== deploymentId && owner !== found?.labels.deployment;
  }

  /** The epoch and generation in values.yaml; null if it does not exist, is a folder, or cannot be understood. */
  private async applied(releaseName: string): Promise<Applied | null> {
    const text = await unlessMissing(readFile(this.valuesOf(releaseName), "utf8")).catch((error: unknown) => {
      if (isFileError(error, ...IS_FOLDER)) return null;
      throw error;
    });
    try {
      return text === null ? null : (Applied.safeParse(parse(text)).data ?? null);
    } catch {
      return null;
    }
  }

  private async sweep(releaseName: string): Promise<void> {
    await removeUnfinished(this.valuesOf(releaseName), this.now() - ABANDONED_AFTER_MS);
    await this.dagsOf(releaseName).sweep();
  }

  private async releaseNames(): Promise<string[]> {
    const entries = (await unlessMissing(readdir(this.root, { withFileTypes: true }))) ?? [];
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  private folderOf(releaseName: string): string {
    return join(this.root, releaseName);
  }

  private valuesOf(releaseName: string): string {
    return join(this.folderOf(releaseName), VALUES_FILE);
  }

  private dagsOf(releaseName: string): DagsFolder {
    return new DagsFolder(this.folderOf(releaseName), this.now);
  }
}

/**
 * Whatever a person, or a bind mount, has put at `dags`, `values.yaml` or the release's folder is neither overwritten
 * nor moved aside: an Airflow may be reading it, and a person has to choose whose files win.
 */
function refuse({ releaseName }: ReleaseState, error: unknown): never {
  const what = inTheWay(releaseName, error);
  if (what === null) throw error;
  throw new RolloutRejected(`${what}; move it away and deploy again`, { cause: error });
}

function inTheWay(releaseName: string, error: unknown): string | null {
  if (error instanceof ForeignDags) return `"dags" in the folder of ${releaseName} is not of our making`;
  if (isFileError(error, ...IS_FOLDER)) return `"${VALUES_FILE}" in the folder of ${releaseName} is a folder`;
  if (isFileError(error, "EEXIST", "ENOTDIR"))
    return `The folder of ${releaseName} cannot be made: a file stands in its place, or in that of a folder above it`;
  return null;
}
