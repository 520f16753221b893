// What tells whether a build is up to date: the content of its inputs, and what it has written.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Returns all files below a folder, sorted; none where the folder is missing. */
export function filesIn(folder, isWanted = () => true) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isWanted)
    .sort();
}

/** Of the content, not of times: a checkout of another commit may well leave older files. */
function digestOfSources(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(existsSync(file) ? readFileSync(file) : "")
      .update("\0");
  }
  return hash.digest("hex");
}

/** Of sizes and times: it changes with whatever else has written there, such as a compiler that was run by hand. */
function digestOfOutputs(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(ROOT, file)}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest("hex");
}

/**
 * The stamp of a build. Where a source is changed during the build, the digest of before makes the next start build again.
 *
 * @param inputs files, missing ones included
 * @param outputs returns the files that the build has written, without the stamp
 */
export function stampOf({ path, inputs, outputs }) {
  const sources = digestOfSources(inputs);
  const now = () => `${sources} ${digestOfOutputs(outputs())}\n`;
  return {
    isUpToDate: () => existsSync(path) && readFileSync(path, "utf8") === now(),
    // A build that is cut off leaves no stamp.
    clear: () => rmSync(path, { force: true }),
    write: () => writeFileSync(path, now()),
  };
}
