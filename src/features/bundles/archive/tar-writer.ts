import { createHash } from "node:crypto";
import { BLOCK_BYTES } from "./tar-header";

/** What an archive of ours holds, below `dags/`. */
export interface WrittenEntry {
  /** With the slash at the end of a folder's. */
  readonly name: string;
  readonly kind: "FILE" | "FOLDER" | "SYMBOLIC_LINK";
  readonly linkTarget: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
}

const MAX_NAME_BYTES = 100;
const MAX_PREFIX_BYTES = 155;
const TYPES = { FILE: "0", FOLDER: "5", SYMBOLIC_LINK: "2" } as const;
/** Of files in the POSIX format, everything that `header` writes. */
const MAX_OCTAL_SIZE = 0o77777777777;

export const END_OF_TAR = Buffer.alloc(2 * BLOCK_BYTES);

export const paddingOf = (sizeBytes: number): Buffer =>
  Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);

/**
 * The blocks in front of an entry's bytes: a ustar header (POSIX.1-1988), and pax attributes (POSIX.1-2001) in front of
 * it where the header has no room, or where its bytes would depend on the reader's character set.
 */
export function headerBlocks(entry: WrittenEntry): Buffer {
  const place = placeOf(entry.name);
  const linkBytes = Buffer.from(entry.linkTarget);
  const attributes = [
    ...(place === null || !isAscii(entry.name) ? [["path", entry.name]] : []),
    ...(linkBytes.length > MAX_NAME_BYTES || !isAscii(entry.linkTarget) ? [["linkpath", entry.linkTarget]] : []),
    ...(entry.sizeBytes > MAX_OCTAL_SIZE ? [["size", String(entry.sizeBytes)]] : []),
  ] as const;
  const plain = header({ ...entry, ...(place ?? { prefix: "", name: standIn(entry.name) }), type: TYPES[entry.kind] });
  if (attributes.length === 0) return plain;
  const records = Buffer.from(attributes.map(([key = "", value = ""]) => record(key, value)).join(""));
  const extended = header({
    ...entry,
    kind: "FILE",
    executable: false,
    linkTarget: "",
    sizeBytes: records.length,
    prefix: "",
    name: "PaxHeaders",
    type: "x",
  });
  return Buffer.concat([extended, records, paddingOf(records.length), plain]);
}

function header({
  prefix,
  name,
  type,
  linkTarget,
  sizeBytes,
  kind,
  executable,
  modifiedAt,
}: WrittenEntry & { readonly prefix: string; readonly type: string }): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  const link = Buffer.from(linkTarget);
  block.write(name, 0);
  block.write(octal(kind === "SYMBOLIC_LINK" ? 0o777 : kind === "FOLDER" || executable ? 0o755 : 0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(sizeBytes > MAX_OCTAL_SIZE ? 0 : sizeBytes, 11), 124);
  block.write(octal(modifiedAt, 11), 136);
  block.write(" ".repeat(8), 148);
  block.write(type, 156);
  if (link.length <= MAX_NAME_BYTES) link.copy(block, 157);
  block.write("ustar\x0000", 257);
  block.write(octal(0, 7), 329);
  block.write(octal(0, 7), 337);
  block.write(prefix, 345);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** Where a name goes in the header; null where it has no room there. */
function placeOf(name: string): { readonly prefix: string; readonly name: string } | null {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return { prefix: "", name };
  for (let at = name.indexOf("/"); at !== -1 && at < name.length - 1; at = name.indexOf("/", at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)];
    if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) return null;
    if (Buffer.byteLength(rest) <= MAX_NAME_BYTES) return { prefix, name: rest };
  }
  return null;
}

/** For a program that does not know pax: a name that is in nobody's way. */
const standIn = (name: string): string =>
  `dags/.long-name-${createHash("sha256").update(name).digest("hex").slice(0, 32)}${name.endsWith("/") ? "/" : ""}`;

/** Its length counts its own digits. */
function record(key: string, value: string): string {
  const behind = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(behind);
  while (Buffer.byteLength(`${length}${behind}`) !== length) length++;
  return `${length}${behind}`;
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;
