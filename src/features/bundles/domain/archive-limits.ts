/** Limits of an upload. */
export interface ArchiveLimits {
  /** Compressed. */
  readonly maxUploadBytes: number;
  /** All files together, with what tar adds to them. */
  readonly maxUnpackedBytes: number;
  readonly maxFiles: number;
}
