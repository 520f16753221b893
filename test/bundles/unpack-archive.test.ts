import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { readArchive } from "../../src/features/bundles/archive/read-archive";
import { unpackArchive } from "../../src/features/bundles/archive/unpack-archive";
import { archiveOf, pax, type Member } from "./tar-builder";

const LIMITS = { maxUnpackedBytes: 50_000_000, maxFiles: 1_000 };
const LONG = `deep/${"x".repeat(90)}/${"y".repeat(90)}/größe.py`;

/** What a project holds: files by content, and links by where they lead. */
const FILES: Readonly<Record<string, Buffer>> = {
  "etl.py": Buffer.from("from airflow import DAG\n"),
  ".airflowignore": Buffer.from("lib\n"),
  "lib/__init__.py": Buffer.alloc(0),
  "lib/data.bin": randomBytes(300_001),
  [LONG]: Buffer.from("SIZE = 1\n"),
};
const LINKS: Readonly<Record<string, string>> = {
  "current.py": "etl.py",
  "lib/up.py": "../etl.py",
  "sub/lib": "../lib",
};
const EXECUTABLE = "lib/data.bin";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "retrograde-unpack-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Every file and link below a folder: its kind, its permissions if a file, and its bytes. */
async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mode = ((await lstat(path)).mode & 0o777).toString(8);
    const name = path.slice(folder.length + 1);
    if (entry.isDirectory()) expect(mode).toBe("755");
    else if (entry.isSymbolicLink()) tree[name] = `-> ${await readlink(path)}`;
    else
      tree[name] = `${mode} ${createHash("sha256")
        .update(await readFile(path))
        .digest("hex")}`;
  }
  return tree;
}

async function writeProject(folder: string): Promise<void> {
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await chmod(join(folder, path), path === EXECUTABLE ? 0o755 : 0o644);
  }
  for (const [path, target] of Object.entries(LINKS)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
}

async function unpacked(archive: Buffer): Promise<Record<string, string>> {
  const folder = join(root, "unpacked");
  await mkdir(folder);
  await unpackArchive(Readable.from([archive]), folder, LIMITS);
  const tree = await treeOf(folder);
  const paths: string[] = [];
  await readArchive(
    Readable.from([archive]),
    { limits: LIMITS, isUpload: false },
    async ({ path }) => void paths.push(path),
  );
  expect(paths.sort()).toEqual(Object.keys(tree).sort());
  return tree;
}

/** As Go's archive/tar writes what the CLI hands it: names that are no short ASCII stand in pax attributes. */
function asTheCliPacks(): Buffer {
  const named = (path: string, member: Omit<Member, "name">): Member[] => {
    const name = `dags/${path}`;
    const isShort = /^[\x20-\x7e]{1,100}$/.test(name);
    return isShort
      ? [{ ...member, name }]
      : [pax({ path: name }), { ...member, name: name.replace(/[^\x20-\x7e]/g, "").slice(0, 100) }];
  };
  return archiveOf([
    ...Object.entries(FILES).flatMap(([path, content]) =>
      named(path, { content, mode: path === EXECUTABLE ? 0o755 : 0o644 }),
    ),
    ...Object.entries(LINKS).flatMap(([path, linkTarget]) => named(path, { type: "2", linkTarget, mode: 0o777 })),
  ]);
}

test("what the CLI packs comes out as it was", async () => {
  await writeProject(join(root, "dags"));
  expect(await unpacked(asTheCliPacks())).toEqual(await treeOf(join(root, "dags")));
});

const gnuTar = ((): string | null => {
  try {
    return execFileSync("tar", ["--version"], { encoding: "utf8" }).includes("GNU tar") ? "tar" : null;
  } catch {
    return null;
  }
})();

(gnuTar === null ? test.skip : test).each<[string, string[]]>([
  ["dags, in the GNU format", ["--format=gnu", "dags"]],
  ["dags, in the POSIX format", ["--format=posix", "dags"]],
  ["./dags", ["./dags"]],
  ["the inside of dags", ["-C", "dags", "."]],
])("what GNU tar packs comes out as it was: %s", async (_name, args) => {
  await writeProject(join(root, "dags"));
  const archive = execFileSync("tar", ["-cz", "-C", root, ...args], { maxBuffer: 50_000_000 });
  expect(await unpacked(archive)).toEqual(await treeOf(join(root, "dags")));
});

test("what was stored as it came keeps what a Mac had added, and its place", async () => {
  const archive = archiveOf([{ name: "._dags" }, { name: "dags/._a.py" }, { name: "dags/a.py" }]);
  expect(Object.keys(await unpacked(archive)).sort()).toEqual(["._dags", "dags/._a.py", "dags/a.py"]);
});

test("a narrow umask does not hide the files from Airflow", async () => {
  await writeFile(join(root, "archive"), asTheCliPacks());
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "-e", UNPACK_WITH_NARROW_UMASK, join(root, "archive"), join(root, "out")],
    { cwd: __dirname, stdio: "inherit" },
  );
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  await writeProject(join(root, "dags"));
  await chmod(join(root, "out"), 0o755);
  expect(await treeOf(join(root, "out"))).toEqual(await treeOf(join(root, "dags")));
});

const UNPACK_WITH_NARROW_UMASK = `
process.umask(0o077);
const { createReadStream, mkdirSync } = require("node:fs");
const { unpackArchive } = require("../../src/features/bundles/archive/unpack-archive.ts");
const [archive, folder] = process.argv.slice(1);
mkdirSync(folder);
unpackArchive(createReadStream(archive), folder, { maxUnpackedBytes: 5e7, maxFiles: 1000 });
`;

test("an attempt that breaks off leaves no file open", async () => {
  const archive = archiveOf([{ name: "dags/big", content: randomBytes(900_000) }]);
  const open = async (): Promise<number> => (await readdir("/proc/self/fd").catch(() => [])).length;
  const before = await open();
  for (let attempt = 0; attempt < 10; attempt++) {
    const folder = join(root, String(attempt));
    await mkdir(folder);
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield archive.subarray(0, 500_000);
      throw new Error("the store went away");
    };
    await expect(unpackArchive(broken(), folder, LIMITS)).rejects.toThrow("the store went away");
  }
  expect(await open()).toBeLessThanOrEqual(before + 1);
});
