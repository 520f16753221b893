// Builds dist/ where it is not up to date: `node scripts/build.mjs`, which is `npm run build`. The service and the web client are built side by
// side.
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { filesIn, ROOT, stampOf } from "./stamp.mjs";

const DIST = join(ROOT, "dist");
const STAMP = join(DIST, ".build-stamp");
const SOURCES = ["src", "migrations"];
/** What else decides on the outcome: the versions of the compiler and of all types are in the lock file. */
const INPUTS = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/build.mjs",
  "scripts/stamp.mjs",
];

/** The web client has a folder and a stamp of its own. */
const isOfService = (file) => file !== STAMP && !file.startsWith(join(DIST, "ui") + sep);
const sources = () => SOURCES.flatMap((folder) => filesIn(join(ROOT, folder)));

/** A source that was deleted or moved leaves its output behind, which the compiler does not remove. */
function removeOrphans() {
  for (const file of filesIn(DIST, isOfService)) {
    const [, stem] = /^(.*)\.js(?:\.map)?$/.exec(relative(DIST, file)) ?? [];
    if (stem !== undefined && !existsSync(join(ROOT, `${stem}.ts`))) rmSync(file);
  }
}

function isComplete() {
  return sources()
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => join(DIST, relative(ROOT, file).replace(/\.ts$/, ".js")))
    .every((file) => existsSync(file));
}

/** Ends this process if the other one fails. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
    child.once("close", (status) => (status === 0 ? resolve() : process.exit(status ?? 1)));
  });
}

function compile() {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  if (!existsSync(compiler)) {
    process.stderr.write("The TypeScript compiler is not installed: run npm ci first\n");
    process.exit(1);
  }
  return run([compiler, "-p", "tsconfig.build.json"]);
}

async function buildService() {
  const stamp = stampOf({
    path: STAMP,
    inputs: [...sources(), ...INPUTS.map((name) => join(ROOT, name))],
    outputs: () => filesIn(DIST, isOfService),
  });
  if (stamp.isUpToDate()) return;
  process.stderr.write("building …\n");
  stamp.clear();
  await compile();
  if (!isComplete()) {
    // The compiler goes by its own notes, and writes no file again that it has written before.
    for (const file of filesIn(DIST, isOfService)) rmSync(file);
    await compile();
  }
  removeOrphans();
  stamp.write();
}

async function buildClient() {
  if (existsSync(join(ROOT, "ui/package.json"))) await run([join(ROOT, "ui/build.mjs")]);
}

await Promise.all([buildService(), buildClient()]);
