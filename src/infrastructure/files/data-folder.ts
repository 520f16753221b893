import { randomUUID } from "node:crypto";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileOutage } from "./file-errors";
import { FOLDER_MODE } from "./modes";

export type DataFolderState = "ok" | "full" | "not writable";

const PROBE = "free-space-probe";
const PROBE_BYTES = 4_096;

/** Checks whether uploads and rollouts have room in the data folder. */
export class DataFolder {
  /**
   * The current check, which all callers share: on a file system that hangs each check occupies a thread of the
   * process.
   */
  private checking: Promise<DataFolderState> | null = null;

  constructor(private readonly path: string) {}

  /** Writes a small file and removes it. */
  check(): Promise<DataFolderState> {
    this.checking ??= this.probe().finally(() => (this.checking = null));
    return this.checking;
  }

  /** Resolves when no check is running: a late one would create the folder again. */
  async close(): Promise<void> {
    await this.checking;
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path);
    return bavail * bsize;
  }

  private async probe(): Promise<DataFolderState> {
    const file = join(this.path, `.${PROBE}-${randomUUID()}`);
    try {
      await mkdir(this.path, { recursive: true, mode: FOLDER_MODE });
      await writeFile(file, Buffer.alloc(PROBE_BYTES), { flag: "wx" });
      return "ok";
    } catch (error) {
      return fileOutage(error)?.kind === "full" ? "full" : "not writable";
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }
}
