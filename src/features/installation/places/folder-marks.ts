import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FILE_MODE, FOLDER_MODE } from "../../../infrastructure/files/modes";
import { isFileError, unlessMissing } from "../../../infrastructure/files/file-errors";
import type { PlaceMarks } from "../app/ports";
import { markedBy, markName } from "../domain/marks";

/** Marks as files in a folder, each with a random id of the folder in it. */
export class FolderMarks implements PlaceMarks {
  constructor(readonly address: string) {}

  async list(): Promise<string[]> {
    const names = (await unlessMissing(readdir(this.address))) ?? [];
    return names.flatMap((name) => markedBy(name) ?? []);
  }

  async add(installationId: string): Promise<string> {
    const file = join(this.address, markName(installationId));
    await mkdir(this.address, { recursive: true, mode: FOLDER_MODE });
    try {
      const handle = await open(file, "wx", FILE_MODE);
      try {
        await handle.writeFile(`${randomUUID()}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (!isFileError(error, "EEXIST")) throw error;
    }
    return (await readFile(file, "utf8")).trim();
  }

  async remove(installationId: string): Promise<void> {
    await rm(join(this.address, markName(installationId)), { force: true });
  }
}
