import type { Instant } from "../../../kernel/instant";
import type { Step } from "../../../kernel/paced-steps";
import type { DagBundle } from "../domain/dag-bundle";
import type { BundleFile } from "../domain/manifest";

/** An archive whose bytes are in the store. */
export interface StoredArchive {
  readonly sha256: string;
  /** Of the upload that it was made of. Bundles from before archives were packed anew are known by that. */
  readonly uploadSha256: string;
  readonly sizeBytes: number;
  readonly files: readonly BundleFile[];
}

/** Bundles inside a transaction, whose Deployment is locked. */
export interface BundleRecords {
  /**
   * Records an upload under a version of its own. @throws ArchiveNotKept if the stored bytes may be gone: they have to
   * be stored again
   */
  add(bundle: {
    readonly deploymentId: string;
    readonly archive: StoredArchive;
    readonly at: Instant;
  }): Promise<DagBundle>;
  find(deploymentId: string, version: string): Promise<DagBundle | null>;
  /** Of all archives that the Deployment keeps, that one aside, each counted once. */
  keptBytes(deploymentId: string, besides: string): Promise<number>;
}

/** The archive was removed between being stored and being recorded. */
export class ArchiveNotKept extends Error {
  override readonly name = "ArchiveNotKept";
}

export interface BundleKey {
  readonly deploymentId: string;
  readonly version: string;
}

/** A bundle as an operator knows it. */
export interface BundleHolder extends BundleKey {
  readonly releaseName: string;
  readonly createdAt: Instant;
  /** Whether it is what the Deployment runs. */
  readonly isCurrent: boolean;
}

/** Reads outside of transactions. */
/** Two bundles of one Deployment. */
export interface BundlePair {
  readonly deploymentId: string;
  readonly fromVersion: string;
  readonly toVersion: string;
}

export interface FileCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export interface BundleReadModel {
  /** How many files differ, in the order of the pairs; null where a bundle is not known. */
  countChanges(pairs: readonly BundlePair[]): Promise<(FileCounts | null)[]>;
  /** Those that exist, in no order. */
  findMany(keys: readonly BundleKey[]): Promise<DagBundle[]>;
  /** Sorted by path; empty where nothing is known. */
  files(sha256: string): Promise<BundleFile[]>;
  file(sha256: string, path: string): Promise<BundleFile | null>;
  /** Which of these archives are recorded. */
  known(sha256s: readonly string[]): Promise<ReadonlySet<string>>;
  /** Recorded archives by checksum, from behind that one on. */
  archives(after: string, limit: number): Promise<{ readonly sha256: string; readonly sizeBytes: number }[]>;
  /** The bundles that hold an archive, those of deleted Deployments too. */
  holdersOf(sha256: string): Promise<BundleHolder[]>;
}

/** What may go from the store, and when. */
export interface ArchiveRemovals {
  /**
   * Notes that the bytes may go at that instant unless an archive's row needs them by then; a later instant replaces an
   * earlier.
   */
  schedule(sha256s: readonly string[], dueAt: Instant): Promise<void>;
  /**
   * Of the next archives behind that checksum, takes those that no bundle holds out of the records, and schedules their
   * bytes.
   */
  scheduleUnneeded(now: Instant, after: string | null): Promise<Step<string>>;
  /** The checksums that are due. */
  due(now: Instant, limit: number): Promise<string[]>;
  /**
   * Removes an archive under a lock against recording it again: calls `remove` unless the archive is in use again, and
   * deletes the note. Returns false if another process is removing it.
   */
  carryOut(sha256: string, now: Instant, remove: () => Promise<void>): Promise<boolean>;
}
