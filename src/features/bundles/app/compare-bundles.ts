import type { Archives } from "./archives";
import type { DagBundle } from "../domain/dag-bundle";
import { compareManifests, type DagDiff } from "../domain/manifest";
import type { BundleStore } from "./bundle-store";
import type { BundleReadModel } from "./ports";

/** Larger files are not compared line by line: the result is unreadable, and the time grows faster than the size. */
const MAX_TEXT_BYTES = 256 * 1024;

/** One file of two bundles side by side. */
export interface FileComparison {
  readonly path: string;
  readonly change: "ADDED" | "REMOVED" | "CHANGED" | "UNCHANGED";
  readonly fromSizeBytes: number | null;
  readonly toSizeBytes: number | null;
  /** Whether either side is no text in UTF-8. */
  readonly binary: boolean;
  /**
   * In the unified format; null where nothing differs, and for what is binary, too large, or takes too long to compare.
   */
  readonly patch: string | null;
}

interface Side {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Null where it is too large to be shown. */
  readonly content: Buffer | null;
}

/** What differs between two bundles. */
export class CompareBundles {
  /** Reads under way, for fields of one request that ask for the same file. */
  private readonly reading = new Map<string, Promise<Buffer | null>>();

  constructor(
    private readonly deps: {
      readonly store: BundleStore;
      readonly readModel: BundleReadModel;
      readonly archives: Pick<Archives, "readFile" | "patch">;
    },
  ) {}

  /** By the manifests; the archives are not opened. */
  async files(from: DagBundle, to: DagBundle): Promise<DagDiff> {
    const [before, after] = await Promise.all([
      this.deps.readModel.files(from.sha256),
      this.deps.readModel.files(to.sha256),
    ]);
    return compareManifests(before, after);
  }

  /** Null for a path that neither side has. @throws BundleMissing, BundleCorrupt */
  async file(from: DagBundle | null, to: DagBundle | null, path: string): Promise<FileComparison | null> {
    const [before, after] = await Promise.all([this.read(from, path), this.read(to, path)]);
    if (before === null && after === null) return null;
    const unchanged = before !== null && after !== null && before.sha256 === after.sha256;
    const texts = [before, after].map((side) => (side?.content == null ? "" : textOf(side.content)));
    const isShown = [before, after].every((side) => side === null || side.content !== null);
    const binary = texts.includes(null);
    const [fromText, toText] = texts;
    return {
      path,
      change: before === null ? "ADDED" : after === null ? "REMOVED" : unchanged ? "UNCHANGED" : "CHANGED",
      fromSizeBytes: before?.sizeBytes ?? null,
      toSizeBytes: after?.sizeBytes ?? null,
      binary,
      patch:
        unchanged || binary || !isShown
          ? null
          : await this.deps.archives.patch({ path, from: fromText ?? "", to: toText ?? "" }),
    };
  }

  private async read(bundle: DagBundle | null, path: string): Promise<Side | null> {
    if (bundle === null) return null;
    const file = await this.deps.readModel.file(bundle.sha256, path);
    if (file === null) return null;
    if (file.sizeBytes > MAX_TEXT_BYTES) return { ...file, content: null };
    return { ...file, content: await this.contentOf(bundle.sha256, path) };
  }

  private contentOf(sha256: string, path: string): Promise<Buffer | null> {
    const key = `${sha256} ${path}`;
    const reading =
      this.reading.get(key) ??
      this.unpackFile(sha256, path).finally(() => {
        this.reading.delete(key);
      });
    this.reading.set(key, reading);
    return reading;
  }

  private async unpackFile(sha256: string, path: string): Promise<Buffer | null> {
    const { store, archives } = this.deps;
    return archives.readFile(await store.open(sha256), path, MAX_TEXT_BYTES);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Null for what is no text. */
function textOf(content: Buffer): string | null {
  if (content.includes(0)) return null;
  try {
    return decoder.decode(content);
  } catch {
    return null;
  }
}
