import { closeSync, openSync, readSync, writeSync } from "node:fs";

const BUFFER_BYTES = 1024 * 1024;

/**
 * Bytes of many files, one after the other in one file of this machine, for a thread of its own: it waits for the disk.
 */
export class ContentsFile {
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private readonly file: number;
  private buffered = 0;
  private written = 0;

  constructor(path: string) {
    this.file = openSync(path, "wx+", 0o600);
  }

  /** Where the next bytes will begin. */
  get end(): number {
    return this.written + this.buffered;
  }

  append(bytes: Buffer): void {
    if (bytes.length > BUFFER_BYTES - this.buffered) this.flush();
    if (bytes.length > BUFFER_BYTES) return this.write(bytes);
    bytes.copy(this.buffer, this.buffered);
    this.buffered += bytes.length;
  }

  flush(): void {
    this.write(this.buffer.subarray(0, this.buffered));
    this.buffered = 0;
  }

  /** Fills `into` with the bytes from there on, which have been flushed. */
  readAt(start: number, into: Buffer): void {
    for (let read = 0; read < into.length;) {
      const bytes = readSync(this.file, into, read, into.length - read, start + read);
      if (bytes === 0) throw new Error("A file of this process has become shorter");
      read += bytes;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done);
    this.written += bytes.length;
  }
}
