import { ArchiveRefused, shown } from "../domain/archive-refused";

/** All sizes in a tar are rounded up to this. */
export const BLOCK_BYTES = 512;

/** One header block, before the attributes that may stand in front of it are applied. */
export interface TarHeader {
  /** One character; a NUL of old archives is a "0". */
  readonly type: string;
  /** Whether the type is the NUL of archives from before POSIX, in which a folder is a file whose name ends in a slash. */
  readonly isOldType: boolean;
  readonly name: string;
  readonly linkTarget: string;
  readonly sizeBytes: number;
  readonly isExecutable: boolean;
}

const EXECUTE_BITS = 0o111;
const OCTAL = /^ *([0-7]+) *(?:\0|$)/;
/** Where the size is a binary number (GNU tar, star), and is positive. */
const BINARY_NUMBER = 0x80;

/**
 * Reads a header block. Whatever Python's tarfile and GNU tar read in different ways is refused
 * (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, "ustar Interchange Format").
 * @throws ArchiveRefused
 */
export function parseHeader(block: Buffer): TarHeader {
  requireChecksum(block);
  const typeByte = block[156] ?? 0;
  const type = typeByte === 0 ? "0" : String.fromCharCode(typeByte);
  const name = textOf(block.subarray(0, 100));
  const prefix = block.subarray(345, 500);
  const isPosix = block.toString("latin1", 257, 263) === "ustar\0";
  // Python takes these bytes for a folder whatever the format, GNU tar only in a POSIX archive.
  if (!isPosix && !isZeros(prefix)) {
    throw new ArchiveRefused(
      "NOT_TAR",
      `The header of ${shown(name)} has a path prefix or times where its format has none, which programs read in different ways; pack with --format=posix`,
    );
  }
  const folder = isPosix ? textOf(prefix) : "";
  return {
    type,
    isOldType: typeByte === 0,
    name: folder === "" ? name : `${folder}/${name}`,
    linkTarget: textOf(block.subarray(157, 257)),
    sizeBytes: numberOf(block.subarray(124, 136), "size"),
    isExecutable: (numberOf(block.subarray(100, 108), "mode") & EXECUTE_BITS) !== 0,
  };
}

/** Up to the first NUL. Bytes that are not UTF-8 become U+FFFD, which no path may have. */
export function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
}

/** Compared with themselves one byte on, which is far faster than one after another. */
export function isZeros(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && bytes.compare(bytes, 1, bytes.length, 0, bytes.length - 1) === 0);
}

/** Some old programs sum signed bytes up; both sums are usual. */
function requireChecksum(block: Buffer): void {
  const [, digits = ""] = OCTAL.exec(block.toString("latin1", 148, 156)) ?? [];
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let at = 0; at < BLOCK_BYTES; at++) {
    if (at === 148) at = 156;
    const byte = block[at] ?? 0;
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  const stated = parseInt(digits, 8);
  if (stated !== unsigned && stated !== signed)
    throw new ArchiveRefused("NOT_TAR", "The file is no tar archive, or damaged (the checksum of a header is wrong)");
}

function numberOf(field: Buffer, what: string): number {
  if (field[0] === 0) return 0;
  if (field[0] === BINARY_NUMBER) {
    const number = field.subarray(1).reduce((total, byte) => total * 0x100 + byte, 0);
    if (Number.isSafeInteger(number)) return number;
  }
  const [, digits] = OCTAL.exec(field.toString("latin1")) ?? [];
  if (digits === undefined)
    throw new ArchiveRefused(
      "NOT_TAR",
      `The file is no tar archive, or damaged (the ${what} in a header is no number)`,
    );
  return parseInt(digits, 8);
}
