import type { Instant } from "../../../kernel/instant";

/** One upload of DAGs to one Deployment. */
export interface DagBundle {
  readonly deploymentId: string;
  /** UTC instant of the upload with microseconds; sorts as text. */
  readonly version: string;
  /** Of the archive that is stored and downloaded. */
  readonly sha256: string;
  /** Of the archive, compressed. */
  readonly sizeBytes: number;
  readonly fileCount: number;
  readonly createdAt: Instant;
}

const MICROSECONDS = /^(.*\.\d{3})(\d{3})Z$/;

/** The version of an upload at that instant: later than the newest one, even within the same millisecond. */
export function nextVersion(now: Instant, newest: string | null): string {
  const version = now.replace(/Z$/, "000Z");
  if (newest === null || version > newest) return version;
  const [, milliseconds = "", microseconds = ""] = MICROSECONDS.exec(newest) ?? [];
  if (milliseconds === "") return version;
  if (microseconds !== "999") return `${milliseconds}${String(Number(microseconds) + 1).padStart(3, "0")}Z`;
  return `${new Date(Date.parse(`${milliseconds}Z`) + 1).toISOString().slice(0, -1)}000Z`;
}

const VERSION = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

export const isVersion = (text: string): boolean => VERSION.test(text);

/** What the store holds of a bundle. */
export type BundleState = "STORED" | "MISSING" | "CORRUPT";
