import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { repackUpload } from "../../src/features/bundles/archive/repack-upload";
import { unpackArchive } from "../../src/features/bundles/archive/unpack-archive";
import { isLeftOut } from "../../src/features/bundles/domain/upload-names";
import { TimeBudget } from "../world/time-budget";
import { generator, pick, type Random } from "./random";
import { GNU_MAGIC, archiveOf, longName, pax, tarOf, type Member } from "./tar-builder";

/** A long run: READER_SECONDS=600 npx jest test/bundles/other-readers */
const SECONDS = Number(process.env["READER_SECONDS"] ?? 20);
const AT_ONCE = 100;
const LIMITS = { maxUploadBytes: 1_000_000, maxUnpackedBytes: 1_000_000, maxFiles: 100 };

const runs = (command: string, ...args: string[]): string | null => {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout : null;
};
const hasPython = runs("python3", "-c", "import tarfile") !== null;
const hasGnuTar = runs("tar", "--version")?.includes("GNU tar") === true;
const hasGit = runs("git", "--version") !== null;

/** Paths below the DAG folder, with the kind and the checksum of their bytes. */
type Tree = Readonly<Record<string, string>>;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "retrograde-readers-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

let served = 0;
/** What is served for an upload; null where it is refused. */
async function repacked(upload: Buffer): Promise<{ readonly bytes: Buffer; readonly sha256: string } | null> {
  const file = join(root, `upload-${served++}`);
  const [packed, contents] = [`${file}.packed`, `${file}.contents`];
  await writeFile(file, upload);
  const answer = await repackUpload({ upload: file, packed, contents, limits: LIMITS });
  const bytes = answer.kind === "GOOD" ? await readFile(packed) : null;
  await Promise.all([file, packed].map((path) => rm(path, { force: true })));
  if (answer.kind === "FAILED") throw new Error(answer.message);
  return answer.kind === "GOOD" && bytes !== null ? { bytes, sha256: answer.sha256 } : null;
}

async function treeIn(folder: string): Promise<Tree> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isSymbolicLink()) tree[name] = `link ${sha256(await readlink(path))}`;
    else if (entry.isFile()) tree[name] = `file ${sha256(await readFile(path))}`;
  }
  return tree;
}

async function inFolder(unpack: (folder: string) => unknown): Promise<Tree> {
  const folder = await mkdtemp(join(root, "tree-"));
  await unpack(folder);
  const tree = await treeIn(folder);
  await rm(folder, { recursive: true });
  return tree;
}

const ours = (archive: Buffer): Promise<Tree> =>
  inFolder((folder) => unpackArchive(Readable.from([archive]), folder, LIMITS));

/** In a locale without character set, as in a small container image. */
const gnuTar = (archive: Buffer): Promise<Tree> =>
  inFolder((folder) =>
    execFileSync("tar", ["-xzf", "-", "-C", folder], {
      input: archive,
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["pipe", "ignore", "pipe"],
    }),
  );

interface PythonEntry {
  readonly name: string;
  readonly kind: string;
  readonly mode: number;
  readonly owner: readonly unknown[];
  readonly sha256: string;
}

/** All of them in one process, by their position. */
async function python(archives: readonly Buffer[]): Promise<readonly (readonly PythonEntry[])[]> {
  const folder = await mkdtemp(join(root, "python-"));
  await Promise.all(archives.map((bytes, at) => writeFile(join(folder, String(at).padStart(6, "0")), bytes)));
  const lines = execFileSync("python3", [join(__dirname, "read_archives.py"), folder], {
    encoding: "utf8",
    maxBuffer: 100_000_000,
  });
  await rm(folder, { recursive: true });
  return lines
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { entries, error } = JSON.parse(line) as { entries?: PythonEntry[]; error?: string };
      if (entries === undefined) throw new Error(`Python cannot read it: ${error ?? ""}`);
      return entries;
    });
}

const treeOf = (entries: readonly PythonEntry[]): Tree =>
  Object.fromEntries(
    entries.filter(({ kind }) => kind !== "folder").map(({ name, kind, sha256: sum }) => [name, `${kind} ${sum}`]),
  );

/** As an upload's paths are understood: below dags/, if that is where they begin. */
function belowDags(tree: Tree): Tree {
  const steps = Object.entries(tree)
    .filter(([name]) => !isLeftOut(name))
    .map(([name, what]) => [name.split("/").filter((step) => step !== "" && step !== "."), what] as const);
  const isBelow = steps.some(([[first]]) => first === "dags") && steps.every(([[first]]) => first === "dags");
  return Object.fromEntries(steps.map(([path, what]) => [(isBelow ? path.slice(1) : path).join("/"), what]));
}

/** That all readers find the same in what is served, and that serving it once more changes nothing. */
async function expectSameForAll(uploads: readonly Buffer[]): Promise<number> {
  const accepted: { readonly upload: Buffer; readonly bytes: Buffer; readonly sha256: string }[] = [];
  for (const upload of uploads) {
    const answer = await repacked(upload);
    if (answer !== null) accepted.push({ upload, ...answer });
  }
  const byPython = hasPython ? await python(accepted.map(({ bytes }) => bytes)) : null;
  const uploadsByPython = hasPython ? await python(accepted.map(({ upload }) => upload)) : null;
  for (const [at, { upload, bytes, sha256: sum }] of accepted.entries()) {
    const tree = await ours(bytes);
    const inDags = Object.fromEntries(Object.entries(tree).map(([name, what]) => [`dags/${name}`, what]));
    expect((await repacked(bytes))?.sha256).toBe(sum);
    if (hasGnuTar) {
      expect(await gnuTar(bytes)).toEqual(inDags);
      expect(belowDags(await gnuTar(upload))).toEqual(tree);
    }
    const entries = byPython?.[at];
    if (entries !== undefined) {
      expect(treeOf(entries)).toEqual(inDags);
      expectPlain(entries);
      expect(belowDags(treeOf(uploadsByPython?.[at] ?? []))).toEqual(tree);
    }
  }
  return accepted.length;
}

function expectPlain(entries: readonly PythonEntry[]): void {
  const sorted = entries.map(({ name, kind }) => Buffer.from(kind === "folder" ? `${name}/` : name));
  expect([...sorted].sort((a, b) => Buffer.compare(a, b))).toEqual(sorted);
  for (const { kind, mode, owner } of entries) {
    expect(kind === "link" ? [0o777] : kind === "folder" ? [0o755] : [0o644, 0o755]).toContain(mode);
    expect(owner).toEqual([0, 0, "", ""]);
  }
}

const missing = [hasPython ? null : "python3", hasGnuTar ? null : "GNU tar"].filter((one) => one !== null);
if (missing.length > 0)
  process.stderr.write(`${missing.join(" and ")} cannot be found here: archives are not compared with what it reads\n`);
const withReaders = missing.length === 2 ? test.skip : test;

const LONG = `${"a".repeat(90)}/${"b".repeat(90)}/${"c".repeat(90)}`;

withReaders("what is served is read alike by all, whatever was uploaded", async () => {
  const file = (name: string, more: Partial<Member> = {}): Member => ({ name: `dags/${name}`, content: name, ...more });
  const uploads = [
    archiveOf([]),
    archiveOf([file("b.py"), file("a.py", { mode: 0o4711 }), file("lib/c.py", { mode: 0o600 })]),
    archiveOf([pax({ path: "dags/größe.py" }), file("x")]),
    archiveOf([pax({ path: `dags/${"n".repeat(95)}` }), file("x")]),
    archiveOf([pax({ path: `dags/${"n".repeat(96)}` }), file("x")]),
    archiveOf([pax({ path: `dags/${"n".repeat(255)}` }), file("x")]),
    archiveOf([pax({ path: `dags/${LONG}` }), file("x")]),
    archiveOf([pax({ path: `dags/${LONG}/${LONG}/é` }), file("x")]),
    archiveOf([longName(`dags/${LONG}`), file("x"), longName(`dags/${"é".repeat(60)}/x`), file("y")]),
    archiveOf([file("a.py"), { ...file("l"), content: "", type: "2", linkTarget: "./a.py" }]),
    archiveOf([pax({ linkpath: `${"./".repeat(80)}ä` }), { ...file("l"), content: "", type: "2" }]),
    archiveOf([longName(`${"./".repeat(80)}a`, "K"), { ...file("l"), content: "", type: "2", magic: GNU_MAGIC }]),
    archiveOf([file("a.py"), file("a-b.py"), file("a/b.py"), file("a0")]),
    archiveOf([
      { name: "._dags" },
      pax({ "LIBARCHIVE.creationtime": "1", "SCHILY.fflags": "x" }),
      file("._a.py"),
      file("a.py"),
    ]),
    archiveOf([pax({ comment: "0123456789abcdef" }, "g"), { name: "a.py" }, { name: "lib/b.py" }]),
    archiveOf([file("zeros", { content: Buffer.alloc(100_000) }), file("crlf", { content: "a\r\nb\\c\r\n" })]),
    Buffer.concat([gzipSync(tarOf([file("a")], Buffer.alloc(0))), gzipSync(tarOf([file("b")]))]),
  ];
  expect(await expectSameForAll(uploads)).toBe(uploads.length);
});

(hasGit ? withReaders : test.skip)("git archive", async () => {
  const folder = join(root, "repository");
  await mkdir(join(folder, "dags", "lib"), { recursive: true });
  await writeFile(join(folder, "dags", "etl.py"), "print(1)\n");
  await writeFile(join(folder, "dags", "lib", "größe.py"), "SIZE = 1\n", { mode: 0o755 });
  const git = (...args: string[]): Buffer =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message=DAGs");
  const uploads = [["HEAD"], ["HEAD", "dags"], ["HEAD:dags"], ["--prefix=repo-1.0/", "HEAD"]].map((args) =>
    gzipSync(git("archive", "--format=tar", ...args)),
  );
  expect(await expectSameForAll(uploads)).toBe(uploads.length);
  const sums = await Promise.all(uploads.map(async (upload) => (await repacked(upload))?.sha256));
  // A fourth one has a folder around it.
  expect(new Set(sums.slice(0, 3)).size).toBe(1);
  expect(sums[3]).not.toBe(sums[0]);
});

const NAMES = [
  "dags/a.py",
  "dags/lib/b.py",
  "dags/lib/ü.py",
  "./dags//c",
  "dags/._a.py",
  "._dags",
  "dags/d/",
  "dags/",
  "dags/x/y/z",
  `dags/${LONG}`,
  "dags/q\\r",
  "../evil",
  "/abs",
  "dags/f/.",
];
const TARGETS = ["a.py", "../dags/a.py", "lib", "..", "/etc", "", "ü"];
const ATTRIBUTES: readonly Readonly<Record<string, string>>[] = [
  { path: "dags/pax.py" },
  { path: "dags/päx.py" },
  { path: "../../evil" },
  { path: "dags/n\0ul" },
  { size: "5" },
  { size: "-1" },
  { linkpath: "pax.py" },
  { comment: "c0ffee" },
  { mtime: "1.5", "SCHILY.xattr.user.x": "\0\x01" },
  { hdrcharset: "BINARY" },
  { "GNU.sparse.size": "1" },
  {},
];
const SIZES = [
  "00000000005\0",
  "\x80\0\0\0\0\0\0\0\0\0\0\x05",
  "          5 ",
  "5\0junk",
  "-0000000001",
  "\xff".repeat(12),
  "",
  "0",
];

/** One to five members, each of which may be odd in one way or several. */
function randomUpload(random: Random): Buffer {
  const odd = <T>(one: () => T): T | undefined => (random(10) === 0 ? one() : undefined);
  const members = Array.from({ length: 1 + random(5) }, (_, at): Member[] => {
    const front = [
      odd(() => pax(pick(random, ATTRIBUTES), pick(random, ["x", "x", "g", "X"] as const))),
      odd(() => longName(pick(random, NAMES), pick(random, ["L", "L", "K"] as const))),
    ].filter((one) => one !== undefined);
    const member: Member = {
      name: odd(() => pick(random, NAMES)) ?? `dags/${at}.py`,
      content: odd(() => "") ?? "12345",
      type: odd(() => pick(random, [..."\x001234567SVDMgxLK"])) ?? "0",
      linkTarget: pick(random, TARGETS),
      mode: random(0o10000),
      ...odd(() => ({ sizeField: pick(random, SIZES) })),
      ...odd(() => ({ magic: pick(random, ["ustar\x0000", GNU_MAGIC, "", "GNUtar \0"]) })),
      ...odd(() => ({ prefix: pick(random, ["dags/p", "../../x", "dags"]) })),
    };
    const isLink = member.type === "2" && random(4) > 0;
    return [...front, isLink ? { ...member, content: "" } : member];
  }).flat();
  const end = odd(() => Buffer.alloc(512 * random(4)));
  const tar = tarOf(members, end);
  const cut = 512 * random(tar.length / 512);
  return odd(() => Buffer.concat([gzipSync(tar.subarray(0, cut)), gzipSync(tar.subarray(cut))])) ?? gzipSync(tar);
}

const seed = Number(process.env["READER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
withReaders(
  `generated archives are read alike by all, or refused (seed ${seed})`,
  async () => {
    const random = generator(seed);
    const budget = new TimeBudget({ seconds: SECONDS, atLeast: 3 });
    let accepted = 0;
    while (budget.next())
      accepted += await expectSameForAll(Array.from({ length: AT_ONCE }, () => randomUpload(random)));
    expect(accepted).toBeGreaterThan(0);
    budget.report(
      `times ${AT_ONCE} archives, of which ${accepted} were accepted and compared with ${missing.length === 0 ? "Python and GNU tar" : "one of Python and GNU tar"} (READER_SEED=${seed})`,
    );
  },
  SECONDS * 1_000 + 180_000,
);
