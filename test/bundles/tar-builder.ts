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
}

export const END = Buffer.alloc(2 * BLOCK);

export const tarOf = (members: readonly Member[], end = END): Buffer => Buffer.concat([...members.map(blocksOf), end]);

export const archiveOf = (members: readonly Member[]): Buffer => gzipSync(tarOf(members));

/** Attributes of the next member, as POSIX.1-2001 has them. */
export function pax(attributes: Readonly<Record<string, string>>): Member {
  const records = Object.entries(attributes).map(([key, value]) => {
    const behind = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(behind);
    while (Buffer.byteLength(`${length}${behind}`) !== length) length++;
    return `${length}${behind}`;
  });
  return { name: "PaxHeaders", type: "x", content: records.join("") };
}

function blocksOf({ name, content = "", type = "0", linkTarget = "", mode = 0o644, sizeBytes }: Member): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  Buffer.from(name).copy(header, 0, 0, 100);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(sizeBytes ?? bytes.length, 11), 124);
  header.write(octal(1_700_000_000, 11), 136);
  header.write(" ".repeat(8), 148);
  header.write(type, 156);
  header.write(linkTarget, 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}
