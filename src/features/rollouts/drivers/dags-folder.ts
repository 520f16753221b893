import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, readlink, rename, rm, symlink, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { FOLDER_MODE } from "../../../infrastructure/files/modes";
import { isFileError, unlessMissing } from "../../../infrastructure/files/file-errors";
import { messageOf } from "./file-errors";
import { sync } from "../../../infrastructure/files/sync";
import { syncTree } from "./sync-tree";

const LINK = "dags";
const TREES = ".dags";
const PENDING = ".link";
const TREE_NAME = /^(\d+)-([0-9a-f]{64})-[0-9a-f]{16}$/;

/** How long a tree that is no longer live is kept for processes that still read it. */
const GRACE_MS = 10 * 60_000;
/** Far longer than unpacking takes: an older attempt counts as interrupted. If it is not, it fails and is repeated. */
export const ABANDONED_AFTER_MS = 60 * 60_000;

export interface Tree {
  readonly name: string;
  readonly generation: number;
  readonly sha256: string;
}

/** The entry at `dags`: one of our links, nothing, or something that is not ours. */
export type LiveDags =
  { readonly kind: "tree"; readonly tree: Tree } | { readonly kind: "nothing" } | { readonly kind: "foreign" };

/**
 * The DAG files of one release: `dags` is a relative link to one of the trees in `.dags/`, and is replaced by
 * renaming another link onto it, so a process that has opened it stays in one tree.
 *
 * A tree `.dags/<generation>-<sha256>-<random>` belongs to the one attempt that made it, and is never taken up
 * again by another. It goes through three stages:
 * - pending: `.dags/<name>.link` exists. It is made before the tree, so half a tree always has one.
 * - live: `dags` is that very link; becoming live is moving it there.
 * - retired: neither. A retired tree never becomes live again.
 *
 * Any process removes a tree in this order: remove its pending link, check whether it is live, and remove it if not.
 * Without the link it cannot become live any more; if another process was quicker, the check sees that it is live. This
 * holds between processes without a lock, however long one of them is delayed.
 */
export class DagsFolder {
  private readonly link: string;
  private readonly trees: string;

  constructor(
    private readonly release: string,
    private readonly now: () => number,
  ) {
    this.link = join(release, LINK);
    this.trees = join(release, TREES);
  }

  async live(): Promise<LiveDags> {
    try {
      const target = await unlessMissing(readlink(this.link));
      if (target === null) return { kind: "nothing" };
      const tree = target.startsWith(`${TREES}/`) ? parseTree(target.slice(TREES.length + 1)) : null;
      return tree === null ? { kind: "foreign" } : { kind: "tree", tree };
    } catch (error) {
      // No link at all, but a file or a folder.
      if (isFileError(error, "EINVAL")) return { kind: "foreign" };
      throw error;
    }
  }

  /** Whether the tree exists. A link alone may be left over from a folder that was emptied by hand. */
  async has({ name }: Tree): Promise<boolean> {
    return (await unlessMissing(lstat(join(this.trees, name))))?.isDirectory() ?? false;
  }

  /** A pending tree with what `fill` writes into it, whole and on disk; if that fails, nothing is left of it. */
  async prepare(
    content: Pick<Tree, "generation" | "sha256">,
    fill: (folder: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Tree> {
    const name = `${content.generation}-${content.sha256}-${randomBytes(8).toString("hex")}`;
    const tree = { ...content, name };
    const folder = join(this.trees, name);
    try {
      await mkdir(this.trees, { recursive: true, mode: FOLDER_MODE });
      await symlink(`${TREES}/${name}`, this.pendingLink(name));
      await mkdir(folder);
      await fill(folder);
      signal.throwIfAborted();
      await syncTree(folder, signal);
      await sync(this.trees);
      return tree;
    } catch (error) {
      await this.discard(tree);
      throw error;
    }
  }

  /**
   * Makes a pending tree the live one; it is so on disk before this returns.
   * @throws ForeignDags if something that is not ours stands in the way, which is left as it is
   */
  async makeLive({ name }: Tree): Promise<void> {
    const live = await this.live();
    if (live.kind === "foreign") throw new ForeignDags();
    if (live.kind === "tree") await this.markRetired(live.tree);
    try {
      await rename(this.pendingLink(name), this.link);
    } catch (error) {
      if (isFileError(error, "EISDIR", "ENOTEMPTY", "EEXIST")) throw new ForeignDags();
      if (isFileError(error, "ENOENT"))
        throw new Error("the unpacked DAGs were taken for abandoned and removed", { cause: error });
      throw error;
    }
    await sync(this.release);
  }

  /** Removes our link, so that there are no DAGs. An entry that is not ours stays. */
  async takeAway(): Promise<void> {
    const live = await this.live();
    if (live.kind === "tree") {
      await this.markRetired(live.tree);
      await unlessMissing(unlink(this.link));
      await sync(this.release);
    }
  }

  /** Removes a tree unless it is live. Never throws: what stays behind is for the next sweep. */
  async discard({ name }: Pick<Tree, "name">): Promise<void> {
    try {
      await rm(this.pendingLink(name), { force: true });
      if (!(await this.isLive(name))) await this.removeTree(name);
    } catch {
      // The first failure matters more.
    }
  }

  /**
   * Removes retired trees after their grace period, and what attempts have left that were cut off.
   * @throws AggregateError if some could not be removed, after all others were
   */
  async sweep(): Promise<void> {
    const entries = (await unlessMissing(readdir(this.trees))) ?? [];
    const names = new Set(entries.map((entry) => (entry.endsWith(PENDING) ? entry.slice(0, -PENDING.length) : entry)));
    // Checked before the age, because the time of retirement is written while the tree is still live.
    const live = await this.live();
    if (live.kind === "tree") names.delete(live.tree.name);
    const failures: unknown[] = [];
    for (const name of names) {
      if (parseTree(name) !== null) await this.sweepTree(name).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join("; "));
  }

  /** Removes everything of ours at once, for a release that is removed. */
  async remove(): Promise<void> {
    if ((await this.live()).kind === "tree") await rm(this.link, { force: true });
    await rm(this.trees, { recursive: true, force: true });
  }

  private async sweepTree(name: string): Promise<void> {
    const pending = await unlessMissing(lstat(this.pendingLink(name)));
    if (pending !== null) {
      if (pending.mtimeMs > this.now() - ABANDONED_AFTER_MS) return;
      // The link is gone: the tree has become live, or another process removes it.
      if ((await unlessMissing(unlink(this.pendingLink(name)).then(() => true))) === null) return;
    } else {
      const tree = await unlessMissing(lstat(join(this.trees, name)));
      if (tree === null || tree.mtimeMs > this.now() - GRACE_MS) return;
    }
    if (!(await this.isLive(name))) await this.removeTree(name);
  }

  private async isLive(name: string): Promise<boolean> {
    const live = await this.live();
    return live.kind === "tree" && live.tree.name === name;
  }

  /** Before the switch, so that a crash in between cannot shorten the grace period. */
  private async markRetired({ name }: Tree): Promise<void> {
    const at = new Date(this.now());
    await unlessMissing(utimes(join(this.trees, name), at, at));
  }

  /** Only for a tree that can never become live again. */
  private async removeTree(name: string): Promise<void> {
    try {
      await rm(join(this.trees, name), { recursive: true, force: true });
    } catch (error) {
      // Another process still writes into it. The rest is retired, and removed by a later sweep.
      if (!isFileError(error, "ENOTEMPTY")) throw error;
    }
  }

  private pendingLink(name: string): string {
    return join(this.trees, `${name}${PENDING}`);
  }
}

/** The entry at `dags` is not ours. */
export class ForeignDags extends Error {
  override readonly name = "ForeignDags";
}

function parseTree(name: string): Tree | null {
  const [, generation, sha256] = TREE_NAME.exec(name) ?? [];
  return generation === undefined || sha256 === undefined ? null : { name, generation: Number(generation), sha256 };
}
