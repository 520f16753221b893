import type { Readable } from "node:stream";
import type { Instant } from "../../../kernel/instant";
import type { PlaceMarks } from "../../installation";
import { Unavailable } from "../../../kernel/errors";

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Archives by the checksum of their bytes. Every replica reaches the same ones. */
export interface BundleStore {
  /**
   * Stores a file's bytes, whose checksum the caller has worked out, in place of any that were stored under it.
   * Idempotent and atomic: a reader gets all of them or nothing. The file is not to be changed any more, and may be
   * removed.
   */
  put(sha256: string, file: string, sizeBytes: number): Promise<void>;
  /** Null where nothing is stored; `version` changes with the stored bytes. */
  stat(sha256: string): Promise<{ readonly sizeBytes: number; readonly version: string } | null>;
  /**
   * All bytes, or a range of them. Read whole they are checked: the stream ends in BundleCorrupt, and before it has
   * given all of them, if they are not those that were stored.
   * @throws BundleMissing
   */
  open(sha256: string, range?: ByteRange): Promise<Readable>;
  /** Nothing happens where nothing is stored. */
  delete(sha256: string): Promise<void>;
  /** Everything that is stored, in no order, and what lies between it; marks and unfinished uploads are left out. */
  list(): AsyncIterable<StoredObject>;
  readonly marks: PlaceMarks;
}

export interface StoredObject {
  /** Null where it is no archive of ours: it is left alone. */
  readonly sha256: string | null;
  readonly name: string;
  readonly sizeBytes: number;
  readonly storedAt: Instant;
}

/** The store does not hold these bytes. */
export class BundleMissing extends Unavailable {
  constructor(sha256: string, options?: ErrorOptions) {
    super(`The DAG archive ${sha256} is not stored`, options);
  }
}

/** The bytes are not those that their checksum stands for. */
export class BundleCorrupt extends Unavailable {
  constructor(sha256: string) {
    super(`The stored DAG archive ${sha256} is damaged: its bytes have another checksum`);
  }
}
