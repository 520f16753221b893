import type { Readable } from "node:stream";
import type { BundleFile } from "../domain/manifest";

/** An archive in a file of this machine. */
export interface ArchiveInFile {
  readonly file: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** An upload that was found to be an archive of DAGs, packed anew. */
export interface SpooledUpload extends ArchiveInFile {
  readonly files: readonly BundleFile[];
  readonly asUploaded: ArchiveInFile;
  /** Removes both files. */
  dispose(): Promise<void>;
}

export interface TextsToCompare {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What the use cases need of the archive format. `archive/` implements it; the limits are those of the installation.
 */
export interface Archives {
  /**
   * Writes an upload to a file of this machine while it comes in, and packs anew what it holds.
   * @throws ArchiveRefused
   */
  spool(upload: Readable): Promise<SpooledUpload>;
  /** Writes all files below an empty folder. @throws ArchiveRefused */
  unpack(archive: Readable, folder: string): Promise<void>;
  /** Null where the archive has no such file, or it is larger than that. */
  readFile(archive: Readable, path: string, maxBytes: number): Promise<Buffer | null>;
  /** The difference in the unified format; null where finding it takes too long. */
  patch(texts: TextsToCompare): Promise<string | null>;
}
