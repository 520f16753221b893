import { ArchiveRefused } from "../domain/archive-refused";

const RECORD = /^(\d{1,9}) ([^=]+)=/;
const NAMES = new Set(["path", "linkpath"]);
/** In which GNU tar describes a sparse file: https://www.gnu.org/software/tar/manual/html_node/PAX-1.html */
const SPARSE = "GNU.sparse.";

/**
 * Looks over the text of an entry that tells of the next one. The parser drops the records that it does not know or
 * cannot read, and then takes the name that an older tar would see, which is another.
 * @throws ArchiveRefused
 */
export function checkAttributes(text: string): void {
  // A long name of GNU tar is the name alone.
  if (!RECORD.test(text)) return;
  let bytes = Buffer.from(text);
  while (bytes.length > 0 && bytes[0] !== 0) {
    const [, digits = "", key = ""] = RECORD.exec(bytes.toString("utf8", 0, 256)) ?? [];
    const length = Number(digits);
    const record = bytes.subarray(0, length);
    if (length === 0 || record.length < length || record.at(-1) !== "\n".charCodeAt(0)) {
      throw new ArchiveRefused(
        "NOT_TAR",
        "The file is no tar archive, or damaged (attributes of an entry cannot be read)",
      );
    }
    if (key.startsWith(SPARSE))
      throw new ArchiveRefused("UNSUPPORTED_ENTRY", "The archive holds a sparse file; pack without --sparse");
    if (NAMES.has(key) && record.subarray(0, -1).includes("\n"))
      throw new ArchiveRefused("UNSTORABLE_PATH", "A name in the archive has a line break");
    bytes = bytes.subarray(length);
  }
}
