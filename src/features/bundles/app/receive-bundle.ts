import type { Readable } from "node:stream";
import type { Clock } from "../../../kernel/clock";
import { plusMs } from "../../../kernel/instant";
import type { ArchiveInFile, Archives } from "./archives";
import type { BundleStore } from "./bundle-store";
import { ArchiveNotKept, type ArchiveRemovals, type BundleReadModel, type StoredArchive } from "./ports";

/** How long stored bytes wait for the record that needs them; a process that dies in between leaves them no longer. */
const UNRECORDED_LIVES_MS = 60 * 60_000;
const ATTEMPTS = 3;

/** Takes an upload in: checks it, stores what it holds, and has that recorded. */
export class ReceiveBundle {
  constructor(
    private readonly deps: {
      readonly store: BundleStore;
      readonly removals: ArchiveRemovals;
      readonly readModel: Pick<BundleReadModel, "known">;
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
      const { sha256, sizeBytes, files, asUploaded } = spooled;
      const accepted = await accept();
      if (asUploaded.sha256 !== sha256) await this.repairAsUploaded(asUploaded);
      for (let attempt = 1; ; attempt++) {
        await this.store(spooled);
        try {
          return await record({ sha256, uploadSha256: asUploaded.sha256, sizeBytes, files }, accepted);
        } catch (error) {
          if (!(error instanceof ArchiveNotKept) || attempt === ATTEMPTS) throw error;
        }
      }
    } finally {
      await spooled.dispose();
    }
  }

  /** Archives from before they were packed anew are stored as they came: the same upload makes a damaged one whole. */
  private async repairAsUploaded(upload: ArchiveInFile): Promise<void> {
    const known = await this.deps.readModel.known([upload.sha256]);
    if (known.has(upload.sha256)) await this.store(upload);
  }

  private async store({ sha256, file, sizeBytes }: ArchiveInFile): Promise<void> {
    const { store, removals, clock } = this.deps;
    // First the note, then the bytes: a crash after this line leaves no bytes without a note.
    await removals.schedule([sha256], plusMs(clock(), UNRECORDED_LIVES_MS));
    // Also where they are stored already: this replaces damaged bytes.
    await store.put(sha256, file, sizeBytes);
  }
}
