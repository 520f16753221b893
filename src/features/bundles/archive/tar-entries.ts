import { ArchiveRefused, shown } from "../domain/archive-refused";
import type { ByteReader } from "./byte-reader";
import { checkGlobalAttributes, readPaxAttributes } from "./pax-attributes";
import { BLOCK_BYTES, isZeros, parseHeader, textOf, type TarHeader } from "./tar-header";

/** An entry as it stands in the archive; no path is checked yet. */
export interface TarEntry {
  readonly kind: "FILE" | "FOLDER" | "SYMBOLIC_LINK" | "OTHER";
  /** What it is, for a message. */
  readonly kindInWords: string;
  readonly name: string;
  readonly linkTarget: string;
  readonly sizeBytes: number;
  readonly isExecutable: boolean;
  /** To be read before the next entry is asked for; what is left is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/** Names and attributes that tar keeps in entries of their own are read into memory. */
const MAX_META_BYTES = 64 * 1024;

const KINDS: Readonly<Record<string, readonly [kind: TarEntry["kind"], words: string]>> = {
  "0": ["FILE", "a file"],
  "7": ["FILE", "a file"],
  "5": ["FOLDER", "a folder"],
  "2": ["SYMBOLIC_LINK", "a symbolic link"],
  "1": ["OTHER", "a hard link"],
  "3": ["OTHER", "a character device"],
  "4": ["OTHER", "a block device"],
  "6": ["OTHER", "a FIFO"],
  S: ["OTHER", "a sparse file"],
  V: ["OTHER", "the label of a volume"],
  M: ["OTHER", "the rest of a file of another volume"],
  D: ["OTHER", "a folder of an incremental backup"],
};

/** What stands in front of an entry and tells more about it. */
interface Attributes {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

/**
 * The entries of a tar in their order, up to the two blocks of zeros at its end and whatever zeros follow. Reads what
 * Python's tarfile and GNU tar read alike, and refuses what they do not.
 * @throws ArchiveRefused
 */
export async function* tarEntries(bytes: ByteReader): AsyncGenerator<TarEntry> {
  let attributes: Attributes | null = null;
  for (let isFirst = true; ; isFirst = false) {
    const block = await bytes.read(BLOCK_BYTES);
    if (block.length < BLOCK_BYTES) throw isFirst ? tooShort() : truncated();
    if (isZeros(block)) {
      if (attributes !== null) throw dangling();
      return requireEnd(bytes);
    }
    const header = parseHeader(block);
    if (header.type === "g") {
      checkGlobalAttributes(await readMeta(bytes, header));
    } else if ("xXLK".includes(header.type)) {
      attributes = withMore(attributes, attributesIn(header.type, await readMeta(bytes, header)));
    } else {
      const content = new Content(bytes, attributes?.size ?? header.sizeBytes);
      yield entryOf(header, attributes, content);
      await content.skip();
      attributes = null;
    }
  }
}

function entryOf(header: TarHeader, attributes: Attributes | null, content: Content): TarEntry {
  const name = attributes?.path ?? header.name;
  const [known, words] = KINDS[header.type] ?? [
    "OTHER",
    `of a type that is not known (${JSON.stringify(header.type)})`,
  ];
  const hasSlash = /\/\.?$/.test(name);
  const kind = known === "FILE" && header.isOldType && name.endsWith("/") ? "FOLDER" : known;
  if (hasSlash && (kind === "FILE" || kind === "SYMBOLIC_LINK"))
    throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} is ${words}, and has the name of a folder`);
  // Whether its bytes follow is read in different ways.
  if (kind !== "FILE" && content.sizeBytes > 0 && header.type !== "S")
    throw new ArchiveRefused("UNSUPPORTED_ENTRY", `${shown(name)} is ${words} and has a size; only files have one`);
  return {
    kind,
    kindInWords: words,
    name,
    linkTarget: attributes?.linkpath ?? header.linkTarget,
    sizeBytes: content.sizeBytes,
    isExecutable: header.isExecutable,
    content,
  };
}

/** The bytes of one entry, and the padding behind them. */
class Content implements AsyncIterable<Buffer> {
  private left: number;

  constructor(
    private readonly bytes: ByteReader,
    readonly sizeBytes: number,
  ) {
    this.left = sizeBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    while (this.left > 0) {
      const piece = await this.bytes.readSome(this.left);
      if (piece.length === 0) throw truncated();
      this.left -= piece.length;
      yield piece;
    }
  }

  async skip(): Promise<void> {
    if (this.left > 0) for await (const piece of this) void piece;
    await skipPadding(this.bytes, this.sizeBytes);
  }
}

async function readMeta(bytes: ByteReader, { sizeBytes }: TarHeader): Promise<Buffer> {
  if (sizeBytes > MAX_META_BYTES)
    throw new ArchiveRefused("UNSUPPORTED_ENTRY", `An entry has attributes of more than ${MAX_META_BYTES} bytes`);
  const meta = await bytes.read(sizeBytes);
  if (meta.length < sizeBytes) throw truncated();
  await skipPadding(bytes, sizeBytes);
  return meta;
}

/** Of pax ("x", "X" of Solaris), or a long name or link target of GNU tar ("L", "K"). */
function attributesIn(type: string, meta: Buffer): Attributes {
  if (type === "x" || type === "X") return readPaxAttributes(meta);
  const text = textOf(meta);
  if (text === "" || !isZeros(meta.subarray(Buffer.byteLength(text))))
    throw new ArchiveRefused("UNSTORABLE_PATH", `The long name ${shown(text)} is empty, or is no text in UTF-8`);
  return type === "L" ? { path: text } : { linkpath: text };
}

/** GNU tar may write a long name and a long link target, one after the other. Anything more is read in different ways. */
function withMore(known: Attributes | null, more: Attributes): Attributes {
  if (known === null) return more;
  const isLongPair = "path" in known !== "path" in more && "linkpath" in known !== "linkpath" in more;
  if (!isLongPair || known.size !== undefined || more.size !== undefined)
    throw new ArchiveRefused("NOT_TAR", "An entry of the archive has several names, or several sets of attributes");
  return { ...known, ...more };
}

async function skipPadding(bytes: ByteReader, sizeBytes: number): Promise<void> {
  const padding = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
  if ((await bytes.read(padding)).length < padding) throw truncated();
}

/** One block of zeros has been read. */
async function requireEnd(bytes: ByteReader): Promise<void> {
  const second = await bytes.read(BLOCK_BYTES);
  if (second.length < BLOCK_BYTES && isZeros(second)) throw truncated();
  for (let more = second; more.length > 0; more = await bytes.readSome(Infinity)) {
    if (!isZeros(more)) throw new ArchiveRefused("NOT_TAR", "Something follows the end of the archive");
  }
}

const tooShort = (): ArchiveRefused =>
  new ArchiveRefused("NOT_TAR", "The file is no tar archive: it unpacks to less than a header");
const truncated = (): ArchiveRefused => new ArchiveRefused("TRUNCATED", "The archive breaks off before its end");
const dangling = (): ArchiveRefused =>
  new ArchiveRefused("NOT_TAR", "The archive ends in attributes of an entry that does not follow");
