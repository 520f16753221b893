// Builds dist/ where it is not up to date: `node scripts/build.mjs`, which is `npm run build`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
const STAMP = join(DIST, ".build-stamp");
const SOURCES = ["src", "migrations"];
/** What else decides on the outcome: the versions of the compiler and of all types are in the lock file. */
const INPUTS = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts/build.mjs"];

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Of the content, not of times: a checkout of another commit may well leave older files. */
function digestOfSources() {
  const hash = createHash("sha256");
  const files = [
    ...SOURCES.flatMap((folder) => filesIn(join(ROOT, folder))),
    ...INPUTS.map((name) => join(ROOT, name)),
  ];
  for (const file of files) {
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(existsSync(file) ? readFileSync(file) : "")
      .update("\0");
  }
  return hash.digest("hex");
}

/** Of sizes and times: it changes with whatever else has written there, such as a compiler that was run by hand. */
function digestOfOutputs() {
  const hash = createHash("sha256");
  for (const file of filesIn(DIST).filter((path) => path !== STAMP)) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(DIST, file)}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest("hex");
}

const stampNow = (sources) => `${sources} ${digestOfOutputs()}\n`;

function isUpToDate(sources) {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === stampNow(sources);
}

/** A source that was deleted or moved leaves its output behind, which the compiler does not remove. */
function removeOrphans() {
  for (const file of filesIn(DIST)) {
    const [, stem] = /^(.*)\.js(?:\.map)?$/.exec(relative(DIST, file)) ?? [];
    if (stem !== undefined && !existsSync(join(ROOT, `${stem}.ts`))) rmSync(file);
  }
}

function isComplete() {
  const outputs = SOURCES.flatMap((folder) => filesIn(join(ROOT, folder)))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => join(DIST, relative(ROOT, file).replace(/\.ts$/, ".js")));
  return outputs.every((file) => existsSync(file));
}

function compile() {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  if (!existsSync(compiler)) {
    process.stderr.write("The TypeScript compiler is not installed: run npm ci first\n");
    process.exit(1);
  }
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

const sources = digestOfSources();
if (!isUpToDate(sources)) {
  process.stderr.write("building …\n");
  // A build that is cut off leaves no stamp.
  rmSync(STAMP, { force: true });
  compile();
  if (!isComplete()) {
    // The compiler goes by its own notes, and writes no file again that it has written before.
    rmSync(DIST, { recursive: true, force: true });
    compile();
  }
  removeOrphans();
  // Where a source was changed during the build, the digest of before makes the next start build again.
  writeFileSync(STAMP, stampNow(sources));
}
