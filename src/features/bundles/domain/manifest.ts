/** One file of a bundle; a link counts as a file whose content is where it leads. */
export interface BundleFile {
  /** Below the DAG folder, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What differs between two bundles, by path; each list is sorted. */
export interface DagDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly unchangedCount: number;
}

/** In the order of code points, as Postgres sorts under the collation "C". */
export function sortFiles(files: readonly BundleFile[]): BundleFile[] {
  return [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

/** How the files change when one bundle replaces the other. */
export function compareManifests(from: readonly BundleFile[], to: readonly BundleFile[]): DagDiff {
  const before = new Map(from.map((file) => [file.path, file.sha256]));
  const after = new Set(to.map(({ path }) => path));
  const common = to.filter(({ path }) => before.has(path));
  const changed = common.filter(({ path, sha256 }) => before.get(path) !== sha256);
  return {
    added: to.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    removed: from.filter(({ path }) => !after.has(path)).map(({ path }) => path),
    changed: changed.map(({ path }) => path),
    unchangedCount: common.length - changed.length,
  };
}
