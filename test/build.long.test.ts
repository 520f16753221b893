import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(__dirname, "..");
let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "retrograde-build-"));
  for (const folder of ["src", "migrations"]) await mkdir(join(project, folder));
  for (const name of ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts"])
    await cp(join(ROOT, name), join(project, name), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(project, "node_modules"));
  await writeFile(join(project, "src/main.ts"), `import { word } from "./word";\nprocess.stdout.write(word);\n`);
  await writeFile(join(project, "src/word.ts"), `export const word = "one";\n`);
});
afterEach(() => rm(project, { recursive: true, force: true }));

async function build(): Promise<string> {
  const { stderr } = await promisify(execFile)(process.execPath, [join(project, "scripts/build.mjs")], {
    cwd: tmpdir(),
  });
  return stderr;
}

async function output(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(project, "dist/src/main.js")]);
  return stdout;
}

const BUILDING = "building …\n";

test("builds what is not up to date and says so, is silent otherwise, and never leaves stale code", async () => {
  expect([await build(), await output()]).toEqual([BUILDING, "one"]);
  expect(await build()).toBe("");

  // Changed within the same size and time, as by a checkout that keeps times.
  const word = join(project, "src/word.ts");
  const { atime, mtime } = await stat(word);
  await writeFile(word, `export const word = "two";\n`);
  await utimes(word, atime, mtime);
  expect([await build(), await output()]).toEqual([BUILDING, "two"]);

  await writeFile(join(project, "src/main.ts"), `process.stdout.write("three");\n`);
  await rm(word);
  expect([await build(), await output()]).toEqual([BUILDING, "three"]);
  await expect(stat(join(project, "dist/src/word.js"))).rejects.toThrow("ENOENT");

  await rm(join(project, "dist/src/main.js"));
  expect([await build(), await output()]).toEqual([BUILDING, "three"]);

  // Another compiler run, of other sources, has written there since.
  await writeFile(join(project, "dist/src/main.js"), `process.stdout.write("from elsewhere");\n`);
  expect(await build()).toBe(BUILDING);

  await writeFile(join(project, "src/main.ts"), `const broken: number = "";\n`);
  await expect(build()).rejects.toThrow();
  await expect(build()).rejects.toThrow();
  expect(await readFile(join(project, "dist/.build-stamp"), "utf8").catch(() => "none")).toBe("none");
});
