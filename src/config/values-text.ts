import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The file cannot be read or is not a mapping in YAML. The message names the file, and the line if there is one. */
export class UnreadableValuesFile extends Error {
  override readonly name = "UnreadableValuesFile";
}

const UTF_16: readonly { readonly mark: Buffer; readonly encoding: string }[] = [
  { mark: Buffer.from([0xff, 0xfe]), encoding: "utf-16le" },
  { mark: Buffer.from([0xfe, 0xff]), encoding: "utf-16be" },
];

/** The keys are codes of system errors, and of those that a decoder throws. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder: Docker makes one where the file of a bind mount is missing",
  EACCES: "this user may not read it",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not in UTF-8",
};

/**
 * Reads a text in UTF-8, or in UTF-16 with a byte order mark, which PowerShell writes for `>`. As in Helm, a lone carriage
 * return ends a line.
 *
 * @throws UnreadableValuesFile
 */
export function readValuesText(file: string, workingDirectory: string): string {
  const path = resolve(workingDirectory, file);
  try {
    return decode(readFileSync(path)).replaceAll(/\r(?!\n)/g, "\n");
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? message;
    throw new UnreadableValuesFile(`${file}: cannot be read: ${reason}${path === file ? "" : ` (${path})`}`, { cause });
  }
}

/** @throws TypeError if the bytes do not fit the encoding */
function decode(bytes: Buffer): string {
  const encoding = UTF_16.find(({ mark }) => bytes.subarray(0, 2).equals(mark))?.encoding ?? "utf-8";
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
