import { ArchiveRefused, shown } from "../domain/archive-refused";
import { ArchiveTree } from "../domain/archive-tree";
import type { ArchiveLimits } from "../domain/archive-limits";
import { isLeftOut, refuseWindowsName } from "../domain/upload-names";
import { ByteReader } from "./byte-reader";
import { gunzip } from "./gunzip";
import { tarEntries, type TarEntry } from "./tar-entries";

/** A regular file or a symbolic link of an archive. */
export interface ArchiveEntry {
  /** Below the DAG folder. */
  readonly path: string;
  /** Null for a file. */
  readonly linkTarget: string | null;
  readonly sizeBytes: number;
  readonly executable: boolean;
  /** To be read while the entry is visited; what is left is skipped. Empty for a link. */
  readonly content: AsyncIterable<Buffer>;
}

type ReadLimits = Pick<ArchiveLimits, "maxUnpackedBytes" | "maxFiles">;

interface ReadOptions {
  readonly limits: ReadLimits;
  /** From an upload, what macOS adds is left out. What is stored is read as it was taken in. */
  readonly isUpload: boolean;
}

/**
 * Goes over a gzip'd tar once and shows each file and link to `visit`, one after another. Neither the archive nor a
 * file is ever in memory as a whole. Folders are implied by what lies in them.
 * @throws ArchiveRefused, after which something may have been visited that must not be kept
 */
export async function readArchive(
  gzipped: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const tree = new ArchiveTree();
  const bytes = new ByteReader(gunzip(gzipped, options.limits.maxUnpackedBytes));
  try {
    for await (const entry of tarEntries(bytes)) {
      if (options.isUpload && entry.kind !== "OTHER" && isLeftOut(entry.name)) continue;
      const checked = check(entry, tree, options);
      if (checked !== null) await visit(checked);
    }
  } finally {
    await bytes.close();
  }
  tree.check();
}

/** Null for a folder. @throws ArchiveRefused */
function check(entry: TarEntry, tree: ArchiveTree, { limits, isUpload }: ReadOptions): ArchiveEntry | null {
  const { maxFiles, maxUnpackedBytes } = limits;
  const { kind, name, linkTarget, sizeBytes } = entry;
  if (isUpload) refuseWindowsName(name);
  const path = tree.pathOf(name);
  if (kind === "FOLDER") {
    if (path !== null) tree.addFolder(path, maxFiles);
    return null;
  }
  if (kind === "OTHER") {
    const advice = entry.kindInWords === "a hard link" ? "; pack with --hard-dereference" : "";
    throw new ArchiveRefused(
      "UNSUPPORTED_ENTRY",
      `${shown(name)} is ${entry.kindInWords}; only files and symbolic links are deployed${advice}`,
    );
  }
  if (path === null)
    throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} stands for the DAG folder itself, and is no folder`);
  // Counted before the content: what a header promises is not to be waited for.
  if (sizeBytes > maxUnpackedBytes)
    throw new ArchiveRefused("TOO_LARGE_UNPACKED", `${shown(path)} is larger than ${maxUnpackedBytes} bytes`);
  if (kind === "SYMBOLIC_LINK") {
    tree.addLink(path, linkTarget, maxFiles);
    return {
      path,
      linkTarget,
      sizeBytes: Buffer.byteLength(linkTarget),
      executable: false,
      content: entry.content,
    };
  }
  tree.addFile(path, maxFiles);
  return { path, linkTarget: null, sizeBytes, executable: entry.isExecutable, content: entry.content };
}
