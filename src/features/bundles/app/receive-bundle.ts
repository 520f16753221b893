import type { Readable } from "node:stream";
import type { Clock } from "../../../kernel/clock";
import { plusMs } from "../../../kernel/instant";
import type { Archives } from "./archives";
import type { BundleStore } from "./bundle-store";
import { ArchiveNotKept, type ArchiveRemovals, type StoredArchive } from "./ports";

/** How long stored bytes wait for the record that needs them; a process that dies in between leaves them no longer. */
const UNRECORDED_LIVES_MS = 60 * 60_000;
const ATTEMPTS = 3;

/** Takes an upload in: checks it, stores it, and has it recorded. */
export class ReceiveBundle {
  constructor(
    private readonly deps: {
      readonly store: BundleStore;
      readonly removals: ArchiveRemovals;
      readonly clock: Clock;
      readonly archives: Pick<Archives, "spool">;
    },
  ) {}

  /**
   * Checks the upload, asks `accept` for what else belongs to it, stores the bytes and calls `record`; all again if the
   * bytes were cleaned up in between. If `accept` throws, nothing is stored. In any case nothing of the upload stays on
   * this machine, and what is not recorded is removed from the store.
   * @throws ArchiveRefused
   */
  async execute<A, T>(
    upload: Readable,
    {
      accept,
      record,
    }: { readonly accept: () => Promise<A>; readonly record: (archive: StoredArchive, accepted: A) => Promise<T> },
  ): Promise<T> {
    const spooled = await this.deps.archives.spool(upload);
    try {
      const { sha256, sizeBytes, files } = spooled;
      const accepted = await accept();
      for (let attempt = 1; ; attempt++) {
        await this.store(sha256, spooled.file, sizeBytes);
        try {
          return await record({ sha256, sizeBytes, files }, accepted);
        } catch (error) {
          if (!(error instanceof ArchiveNotKept) || attempt === ATTEMPTS) throw error;
        }
      }
    } finally {
      await spooled.dispose();
    }
  }

  private async store(sha256: string, file: string, sizeBytes: number): Promise<void> {
    const { store, removals, clock } = this.deps;
    // First the note, then the bytes: a crash after this line leaves no bytes without a note.
    await removals.schedule([sha256], plusMs(clock(), UNRECORDED_LIVES_MS));
    // Also where they are stored already: this replaces damaged bytes.
    await store.put(sha256, file, sizeBytes);
  }
}
