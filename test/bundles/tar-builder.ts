import { gzipSync } from "node:zlib";

const BLOCK = 512;

/** A member of an archive, down to what no tar program would write. */
export interface Member {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder, `6` fifo, `x` pax, `L` long name. */
  readonly type?: string;
  readonly linkTarget?: string;
  readonly mode?: number;
  /** What the header says, whatever the content is. */
  readonly sizeBytes?: number;
  /** The same as the bytes of the field. */
  readonly sizeField?: string;
  /** In front of the name, as ustar has it. */
  readonly prefix?: string;
  /** With the version; by default that of POSIX. GNU tar writes `GNU_MAGIC`. */
  readonly magic?: string;
}

export const GNU_MAGIC = "ustar  \0";

export const END = Buffer.alloc(2 * BLOCK);

export const tarOf = (members: readonly Member[], end = END): Buffer => Buffer.concat([...members.map(blocksOf), end]);

export const archiveOf = (members: readonly Member[]): Buffer => gzipSync(tarOf(members));

/** Attributes of the next member, as POSIX.1-2001 has them. */
export function pax(attributes: Readonly<Record<string, string>>, type: "x" | "g" | "X" = "x"): Member {
  const records = Object.entries(attributes).map(([key, value]) => {
    const behind = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(behind);
    while (Buffer.byteLength(`${length}${behind}`) !== length) length++;
    return `${length}${behind}`;
  });
  return { name: "PaxHeaders", type, content: records.join("") };
}

/** A name of GNU tar for the next member, or with `K` the target of its link. */
export const longName = (name: string | Buffer, type: "L" | "K" = "L"): Member => ({
  name: "././@LongLink",
  type,
  content: Buffer.concat([Buffer.from(name), Buffer.alloc(1)]),
  magic: GNU_MAGIC,
});

function blocksOf({
  name,
  content = "",
  type = "0",
  linkTarget = "",
  mode = 0o644,
  sizeBytes,
  sizeField,
  prefix = "",
  magic = "ustar\x0000",
}: Member): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  Buffer.from(name).copy(header, 0, 0, 100);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(sizeField ?? octal(sizeBytes ?? bytes.length, 11), 124, 12, "latin1");
  header.write(octal(1_700_000_000, 11), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(linkTarget, 157, 100);
  header.write(magic, 257, 8, "latin1");
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}
