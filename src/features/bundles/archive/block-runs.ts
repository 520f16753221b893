/** What tar reckons in. */
export const BLOCK_BYTES = 512;
/** Attributes of the next entry, or its long name, or where its link leads: pax and GNU tar. */
const ATTRIBUTES = new Set([..."xXgLKN"].map((type) => type.charCodeAt(0)));
const TYPE_AT = 156;
const SIZE_AT = 124;

/**
 * The same bytes in whole blocks, cut where a block that holds something follows one of zeros: so it can be seen
 * whether anything follows the end of an archive. What looks like attributes of up to `attributesMostBytes` is not
 * cut, since the parser would take a letter cut in two for two broken ones.
 */
export async function* blockRuns(chunks: AsyncIterable<Buffer>, attributesMostBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    rest = bytes.subarray(yield* runsOf(bytes, attributesMostBytes));
  }
  const behind = yield* runsOf(rest, 0);
  if (behind < rest.length) yield rest.subarray(behind);
}

/** Returns where the bytes begin that have to wait for more. */
function* runsOf(bytes: Buffer, attributesMostBytes: number): Generator<Buffer, number> {
  let start = 0;
  let at = 0;
  for (let isBehindZeros = false; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
    const isZero = bytes[at] === 0 && isZeros(bytes.subarray(at, at + BLOCK_BYTES));
    if (isBehindZeros && !isZero) {
      yield bytes.subarray(start, at);
      start = at;
    }
    isBehindZeros = isZero;
    const attributesBytes = isZero ? 0 : attributesBehind(bytes, at);
    if (attributesBytes <= attributesMostBytes && at + BLOCK_BYTES + attributesBytes > bytes.length) break;
  }
  if (at > start) yield bytes.subarray(start, at);
  return at;
}

/** How many bytes of attributes follow in whole blocks, if the block that begins there is a header of such. */
function attributesBehind(bytes: Buffer, at: number): number {
  if (!ATTRIBUTES.has(bytes[at + TYPE_AT] ?? 0)) return 0;
  const size = parseInt(bytes.toString("latin1", at + SIZE_AT, at + SIZE_AT + 12), 8);
  return Number.isNaN(size) ? 0 : Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Compared with themselves one byte on, which is far faster than one after another. */
export function isZeros(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0);
}
