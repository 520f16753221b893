import { ArchiveRefused } from "../domain/archive-refused";
import { isZeros } from "./tar-header";

/** What pax attributes say about the next entry. Others (times, owners, what macOS keeps beside a file) are not used. */
export interface PaxAttributes {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

const RECORD = /^([1-9]\d{0,8}) ([^=]+)=/;
const USED = ["path", "linkpath", "size"] as const;
type UsedKey = (typeof USED)[number];
const SIZE = /^\d{1,15}$/;
/** In which GNU tar describes a sparse file: https://www.gnu.org/software/tar/manual/html_node/PAX-1.html */
const SPARSE = "GNU.sparse.";
/** libarchive writes the second where its locale is not UTF-8; the bytes have to be UTF-8 all the same. */
const CHARSETS = ["ISO-IR 10646 2000 UTF-8", "BINARY"];
/** Longest record head that is looked at: digits, a space and a keyword. */
const MAX_HEAD_BYTES = 256;

/**
 * Reads the records that stand in front of an entry.
 * @throws ArchiveRefused if they are malformed, or contradict each other
 */
export function readPaxAttributes(records: Buffer): PaxAttributes {
  const found: { path?: string; linkpath?: string; size?: number } = {};
  for (const { key, value } of recordsIn(records)) {
    if (key === "hdrcharset") requireCharset(value);
    if (!isUsed(key)) continue;
    if (found[key] !== undefined)
      throw new ArchiveRefused("NOT_TAR", `An entry of the archive has two values for the attribute ${key}`);
    if (value.length === 0 || value.includes(0))
      throw new ArchiveRefused("UNSTORABLE_PATH", `An attribute ${key} in the archive is empty, or has a NUL`);
    const text = value.toString("utf8");
    if (key !== "size") found[key] = text;
    else if (SIZE.test(text)) found.size = Number(text);
    else throw new ArchiveRefused("NOT_TAR", "An attribute size in the archive is no size");
  }
  return found;
}

/**
 * Looks over records that hold for all entries from there on. `git archive` writes its commit in such; names and sizes
 * for all entries are refused.
 * @throws ArchiveRefused
 */
export function checkGlobalAttributes(records: Buffer): void {
  for (const { key, value } of recordsIn(records)) {
    if (key === "hdrcharset") requireCharset(value);
    if (isUsed(key))
      throw new ArchiveRefused(
        "UNSUPPORTED_ENTRY",
        `The archive has one ${key} for all of its entries (a global pax header), which programs read in different ways`,
      );
  }
}

function* recordsIn(records: Buffer): Generator<{ readonly key: string; readonly value: Buffer }> {
  for (let rest = records; rest.length > 0;) {
    if (rest[0] === 0 && isZeros(rest)) return;
    const [head = "", digits = "", key = ""] = RECORD.exec(rest.toString("latin1", 0, MAX_HEAD_BYTES)) ?? [];
    const length = Number(digits);
    const record = rest.subarray(0, length);
    if (head === "" || length <= head.length || record.length < length || record.at(-1) !== "\n".charCodeAt(0)) {
      throw new ArchiveRefused(
        "NOT_TAR",
        "The file is no tar archive, or damaged (attributes of an entry cannot be read)",
      );
    }
    if (key.startsWith(SPARSE))
      throw new ArchiveRefused("UNSUPPORTED_ENTRY", "The archive holds a sparse file; pack without --sparse");
    yield { key, value: record.subarray(head.length, -1) };
    rest = rest.subarray(length);
  }
}

const isUsed = (key: string): key is UsedKey => (USED as readonly string[]).includes(key);

function requireCharset(value: Buffer): void {
  const charset = value.toString("latin1");
  if (!CHARSETS.includes(charset))
    throw new ArchiveRefused("UNSTORABLE_PATH", "The names in the archive are not in UTF-8");
}
