const NOTHING = Buffer.alloc(0);

/** Reads a stream in the sizes that are asked for, whatever the sizes of its chunks. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = NOTHING;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** Returns so many bytes, or fewer if the stream ends before. @throws whatever the stream ends in */
  async read(bytes: number): Promise<Buffer> {
    while (this.rest.length < bytes) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
    }
    return this.takeRest(bytes);
  }

  /** Returns between one byte and so many, without waiting for more; none at the end of the stream. */
  async readSome(maxBytes: number): Promise<Buffer> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      this.rest = next.value;
    }
    return this.takeRest(maxBytes);
  }

  /** The stream is not read any more. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private takeRest(maxBytes: number): Buffer {
    const taken = this.rest.subarray(0, maxBytes);
    this.rest = this.rest.subarray(taken.length);
    return taken;
  }
}
