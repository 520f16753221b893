import { Parser, type ReadEntry } from "tar";
import { ArchiveRefused, shown } from "../domain/archive-refused";
import { BLOCK_BYTES, blockRuns, isZeros } from "./block-runs";
import { checkAttributes } from "./pax-attributes";

/** Names and attributes that tar keeps in entries of their own are read into memory. */
const MAX_META_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);
/** The parser unpacks what is packed a second time, by gzip or zstd, past every limit. */
const PACKED_AGAIN = [Buffer.from([0x1f, 0x8b]), Buffer.from([0x28, 0xb5, 0x2f, 0xfd])];

/** Feeds the parser and has its entries worked through one after another. */
export class EntryQueue {
  private readonly parser = new Parser({ strict: true, maxMetaEntrySize: MAX_META_BYTES });
  private current: ReadEntry | undefined;
  private last: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;
  private isBegun = false;
  private isEnded = false;

  constructor(private readonly work: (entry: ReadEntry) => Promise<void>) {
    this.parser.on("entry", (entry: ReadEntry) => this.enqueue(entry));
    this.parser.on("ignoredEntry", ({ type, path }: ReadEntry) => {
      this.fail(
        new ArchiveRefused(
          "UNSUPPORTED_ENTRY",
          `${shown(path)} is of a kind that no DAG folder holds (${type}), or its attributes are too large`,
        ),
      );
    });
    this.parser.on("meta", (text: string) => this.attempt(() => checkAttributes(text)));
    this.parser.on("eof", () => (this.isEnded = true));
    this.parser.on("error", (error: Error) =>
      this.fail(
        new ArchiveRefused("NOT_TAR", `The file is no tar archive, or damaged (${error.message})`, { cause: error }),
      ),
    );
    this.parser.on("drain", () => this.wake());
  }

  /**
   * Ends with the last entry's work: none of it goes on after an error. @throws ArchiveRefused; whatever `chunks` end
   * in
   */
  async takeAll(chunks: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const run of blockRuns(chunks, MAX_META_BYTES)) {
        await this.take(run);
        this.throwFailure();
      }
      if (!this.isBegun)
        throw new ArchiveRefused("NOT_TAR", "The file is no tar archive: it unpacks to less than a header");
      if (!this.isEnded) throw new ArchiveRefused("TRUNCATED", "The archive breaks off before its end");
    } catch (error) {
      this.fail(error);
      // Otherwise its reader would wait for ever.
      this.current?.end();
    }
    await this.last;
    this.throwFailure();
  }

  /** An archive ends in two blocks of zeros. The parser keeps what follows them in memory, and reads none of it. */
  private async take(run: Buffer): Promise<void> {
    if (this.isEnded) {
      if (!isZeros(run)) throw new ArchiveRefused("NOT_TAR", "Something follows the end of the archive");
      return;
    }
    if (!this.isBegun && PACKED_AGAIN.some((magic) => run.subarray(0, magic.length).equals(magic))) {
      throw new ArchiveRefused("NOT_TAR", "The file is no tar archive: what it unpacks to is packed once more");
    }
    this.isBegun ||= run.length >= BLOCK_BYTES;
    this.parser.write(run);
    // Waits until the parser has reported every block: only then is it known whether the archive has ended.
    while (this.failure === undefined && !this.parser.write(NOTHING))
      await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private enqueue(entry: ReadEntry): void {
    this.last = this.last
      .then(async () => {
        this.current = entry;
        if (this.failure === undefined) await this.work(entry);
        entry.resume();
      })
      .catch((error: unknown) => {
        this.fail(error);
        entry.resume();
      });
  }

  private attempt(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}
