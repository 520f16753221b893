// Builds the web client into dist/ui where it is not up to date: `node ui/build.mjs`, which is `npm run build:ui`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { filesIn, ROOT, stampOf } from "../scripts/stamp.mjs";

const UI = join(ROOT, "ui");
const DIST = join(ROOT, "dist/ui");
const STAMP = join(DIST, ".built");
/** Fonts are compressed as they are. */
const COMPRESSIBLE = /\.(?:js|css|svg|html|json)$/;

/** What does not become part of the client, or is written by its tests. */
const isInput = (file) =>
  !file.startsWith(join(UI, "node_modules") + sep) &&
  !file.startsWith(join(UI, "e2e") + sep) &&
  !/\.test\.tsx?$/.test(file);

/** The service sends what a browser asks for, and compresses nothing by itself. */
function compressAll() {
  for (const file of filesIn(DIST, (path) => COMPRESSIBLE.test(path))) {
    const bytes = readFileSync(file);
    const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: quality }));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

const stamp = stampOf({
  path: STAMP,
  inputs: [
    ...filesIn(UI, isInput),
    ...["schema.graphql", "package-lock.json", "scripts/stamp.mjs"].map((name) => join(ROOT, name)),
  ],
  outputs: () => filesIn(DIST, (file) => file !== STAMP),
});
if (!stamp.isUpToDate()) {
  process.stderr.write("building the web client …\n");
  const { build } = await import("vite").catch(() => {
    process.stderr.write("Vite is not installed: run npm ci first\n");
    process.exit(1);
  });
  mkdirSync(DIST, { recursive: true });
  stamp.clear();
  await build({ configFile: join(UI, "vite.config.mts"), logLevel: "warn" });
  compressAll();
  stamp.write();
}
