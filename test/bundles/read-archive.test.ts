import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { readArchive } from "../../src/features/bundles/archive/read-archive";
import { ArchiveRefused } from "../../src/features/bundles/domain/archive-refused";
import { archiveOf, END, GNU_MAGIC, longName, pax, tarOf, type Member } from "./tar-builder";

const LIMITS = { maxUnpackedBytes: 1_000_000, maxFiles: 20 };
const ETL: Member = { name: "dags/etl.py", content: "print(1)\n" };
const ETL2: Member = { name: "dags/etl2.py", content: "print(2)\n" };
const BIG: Member = { name: "dags/big", content: Buffer.alloc(900_000, "x") };

const PACKED = archiveOf([ETL]);

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
const pathsIn = async (gzipped: AsyncIterable<Buffer>, limits = LIMITS): Promise<string[]> => {
  const paths: string[] = [];
  await readArchive(gzipped, { limits, isUpload: true }, async ({ path }) => void paths.push(path));
  return paths.sort();
};
const pathsOf = (archive: Buffer, pieceBytes = 65_536): Promise<string[]> => pathsIn(inPieces(archive, pieceBytes));

const twice = (attribute: string): Member => ({
  name: "x",
  type: "x",
  content: `${attribute.length + 4} ${attribute}\n`.repeat(2),
});
const LONG_NAME = `dags/${"é".repeat(100)}/${"ü".repeat(100)}/${"ö".repeat(120)}.py`;
const below = (name: string): string => name.slice("dags/".length);

test.each<[string, Buffer, string[]]>([
  ["no entries", archiveOf([]), []],
  ["no entries and the padding of a tape", gzipSync(Buffer.alloc(10_240)), []],
  ["the padding of a tape", gzipSync(tarOf([ETL], Buffer.alloc(10_240))), ["etl.py"]],
  [
    "two gzip members that are one archive",
    Buffer.concat([gzipSync(tarOf([ETL], Buffer.alloc(0))), gzipSync(tarOf([{ name: "dags/b" }]))]),
    ["b", "etl.py"],
  ],
  [
    "folders",
    archiveOf([{ name: "./", type: "5" }, { name: "./dags/", type: "5" }, ETL, { name: "dags/empty/", type: "5" }]),
    ["etl.py"],
  ],
  ["a file of zeros", archiveOf([{ name: "dags/zeros", content: Buffer.alloc(100_000) }, ETL]), ["etl.py", "zeros"]],
  [
    "a name in pax attributes",
    archiveOf([pax({ path: "dags/größe.py", mtime: "1" }), { name: "dags/gre.py" }]),
    ["größe.py"],
  ],
  ["a long name of pax", archiveOf([pax({ path: LONG_NAME }), { name: "dags/x" }]), [below(LONG_NAME)]],
  [
    "a long name of GNU tar",
    archiveOf([{ name: "././@LongLink", type: "L", content: `${LONG_NAME}\0` }, { name: "dags/x" }]),
    [below(LONG_NAME)],
  ],
  [
    "a long name and a long link target",
    archiveOf([longName(LONG_NAME), longName("y".repeat(101), "K"), { name: "x", type: "2", magic: GNU_MAGIC }]),
    [below(LONG_NAME)],
  ],
  ["a prefix of ustar", archiveOf([{ name: "b/c.py", prefix: "dags/a" }]), ["a/b/c.py"]],
  ["attributes of Solaris", archiveOf([pax({ path: "dags/größe.py" }, "X"), { name: "dags/x" }]), ["größe.py"]],
  ["a size in binary", archiveOf([{ ...ETL, sizeField: `\x80${"\0".repeat(10)}\x09` }]), ["etl.py"]],
  [
    "a size in pax attributes only",
    archiveOf([pax({ size: "9" }), { ...ETL, sizeField: "0" }, ETL2]),
    ["etl.py", "etl2.py"],
  ],
  ["a file as old archives have it", archiveOf([{ ...ETL, type: "\0", magic: "" }]), ["etl.py"]],
  ["a folder as old archives have it", archiveOf([{ name: "dags/", type: "\0", magic: "" }, ETL]), ["etl.py"]],
  [
    "the commit that git archive notes",
    archiveOf([pax({ comment: "0123456789012345678901234567890123456789" }, "g"), ETL]),
    ["etl.py"],
  ],
  [
    "attributes of macOS, with NULs",
    archiveOf([pax({ "SCHILY.xattr.com.apple.provenance": "\x01\0\0\x7f", "LIBARCHIVE.creationtime": "1.5" }), ETL]),
    ["etl.py"],
  ],
  [
    "names that libarchive could not convert",
    archiveOf([pax({ hdrcharset: "BINARY", path: "dags/größe.py" }), { name: "dags/x" }]),
    ["größe.py"],
  ],
  [
    "what a Mac adds, in front of all",
    archiveOf([
      { name: "._dags" },
      { name: "./._dags" },
      { name: "dags/._etl.py" },
      ETL,
      { name: "dags/.DS_Store" },
      { name: "__MACOSX/._x" },
    ]),
    ["etl.py"],
  ],
  ["what a Mac adds, behind all", archiveOf([ETL, { name: "__MACOSX/", type: "5" }, { name: "._dags" }]), ["etl.py"]],
  ["line ends and backslashes of Windows", archiveOf([{ name: "dags/a\\b.py", content: "x\r\n" }]), ["a\\b.py"]],
  [
    "the folder around a download",
    archiveOf([{ name: "repo-main/dags/etl.py" }, { name: "repo-main/README.md" }]),
    ["repo-main/README.md", "repo-main/dags/etl.py"],
  ],
])("%s", async (_name, archive, paths) => {
  expect(await pathsOf(archive)).toEqual(paths);
  expect(await pathsOf(archive, 7)).toEqual(paths);
});

test("long names are the same however the archive is cut", async () => {
  const archive = gzipSync(
    tarOf([
      pax({ path: LONG_NAME }),
      { name: "dags/x" },
      { name: "././@LongLink", type: "L", content: `${LONG_NAME}2\0` },
      { name: "dags/y" },
    ]),
    { level: 0 },
  );
  for (let pieceBytes = 500; pieceBytes < 1_600; pieceBytes += 13) {
    expect(await pathsOf(archive, pieceBytes)).toEqual([below(LONG_NAME), `${below(LONG_NAME)}2`]);
  }
});

test.each<[string, Buffer, string]>([
  ["no bytes", Buffer.alloc(0), "EMPTY_FILE"],
  ["text", Buffer.from("from airflow import DAG"), "NOT_GZIP"],
  ["a tar that is not packed", tarOf([ETL]), "NOT_GZIP"],
  ["packed text", gzipSync("from airflow import DAG"), "NOT_TAR"],
  ["packed text of some length", gzipSync("from airflow import DAG\n".repeat(100)), "NOT_TAR"],
  ["nothing, packed", gzipSync(""), "NOT_TAR"],
  ["half of it", archiveOf([ETL, BIG]).subarray(0, 500), "TRUNCATED"],
  ["no end", gzipSync(tarOf([ETL], Buffer.alloc(0))), "TRUNCATED"],
  ["half an end", gzipSync(tarOf([ETL], Buffer.alloc(512))), "TRUNCATED"],
  [
    "no end, but zeros in its last file",
    gzipSync(tarOf([{ name: "dags/zeros", content: Buffer.alloc(4_096) }], Buffer.alloc(0))),
    "TRUNCATED",
  ],
  ["bytes behind it", Buffer.concat([archiveOf([ETL]), Buffer.from("more")]), "NOT_GZIP"],
  ["zeros behind it", Buffer.concat([archiveOf([ETL]), Buffer.alloc(100_000)]), "NOT_GZIP"],
  ["zeros and more behind it", Buffer.concat([archiveOf([ETL]), Buffer.from("\0more")]), "NOT_GZIP"],
  ["another archive behind it", Buffer.concat([archiveOf([ETL]), archiveOf([{ name: "dags/b" }])]), "NOT_TAR"],
  ["bytes behind the end of the tar", gzipSync(Buffer.concat([tarOf([ETL]), Buffer.from("more")])), "NOT_TAR"],
  ["packed twice", gzipSync(archiveOf([ETL])), "NOT_TAR"],
  [
    "packed twice, in whole blocks",
    gzipSync(Buffer.concat([PACKED, Buffer.alloc(512 - (PACKED.length % 512)), END])),
    "NOT_TAR",
  ],
  ["more than it may be", archiveOf([BIG, { ...BIG, name: "dags/big2" }]), "TOO_LARGE_UNPACKED"],
  ["a promise of more", archiveOf([{ ...ETL, sizeBytes: 2_000_000 }]), "TOO_LARGE_UNPACKED"],
  ["too many files", archiveOf(Array.from({ length: 21 }, (_, at) => ({ name: `dags/${at}` }))), "TOO_MANY_FILES"],
  ["too many folders around few files", archiveOf([{ name: `dags/${"d/".repeat(21)}f` }]), "TOO_MANY_FILES"],
  [
    "too many folders",
    archiveOf(Array.from({ length: 21 }, (_, at) => ({ name: `dags/${at}/`, type: "5" }))),
    "TOO_MANY_FILES",
  ],
  ["a folder of a file's name", archiveOf([ETL, { name: "dags/etl.py/", type: "5" }]), "DUPLICATE_PATH"],
  ["a hard link", archiveOf([ETL, { name: "dags/b", type: "1", linkTarget: "dags/etl.py" }]), "UNSUPPORTED_ENTRY"],
  ["a character device", archiveOf([{ name: "dags/b", type: "3" }]), "UNSUPPORTED_ENTRY"],
  ["a block device", archiveOf([{ name: "dags/b", type: "4" }]), "UNSUPPORTED_ENTRY"],
  ["a fifo", archiveOf([{ name: "dags/b", type: "6" }]), "UNSUPPORTED_ENTRY"],
  ["a sparse file of GNU tar", archiveOf([{ name: "dags/b", type: "S" }]), "UNSUPPORTED_ENTRY"],
  [
    "a sparse file of pax",
    archiveOf([pax({ "GNU.sparse.major": "1", "GNU.sparse.name": "dags/b" }), { name: "GNUSparseFile.0/b" }]),
    "UNSUPPORTED_ENTRY",
  ],
  ["attributes without bound", archiveOf([pax({ comment: "x".repeat(70_000) }), ETL]), "UNSUPPORTED_ENTRY"],
  ["a line break in a name", archiveOf([pax({ path: "dags/a\nb" }), ETL]), "UNSTORABLE_PATH"],
  ["attributes of another length", archiveOf([{ name: "x", type: "x", content: "99 path=dags/a\n" }, ETL]), "NOT_TAR"],
  ["a lone block of zeros", gzipSync(Buffer.concat([tarOf([ETL], Buffer.alloc(512)), tarOf([ETL2])])), "NOT_TAR"],
  ["a name for all entries", archiveOf([pax({ path: "../../pwn.py" }, "g"), ETL]), "UNSUPPORTED_ENTRY"],
  ["a size for all entries", archiveOf([pax({ size: "1" }, "g"), ETL]), "UNSUPPORTED_ENTRY"],
  ["two long names", archiveOf([longName("../../pwn.py"), longName("dags/ok.py"), ETL]), "NOT_TAR"],
  ["a long name and one of pax", archiveOf([longName("../../pwn.py"), pax({ path: "dags/ok.py" }), ETL]), "NOT_TAR"],
  ["two names of pax", archiveOf([pax({ path: "../../pwn.py" }), pax({ path: "dags/ok.py" }), ETL]), "NOT_TAR"],
  ["two names in one set of attributes", archiveOf([twice("path=dags/pwn.py"), ETL]), "NOT_TAR"],
  ["a prefix behind GNU's magic", archiveOf([{ ...ETL, prefix: "../../x", magic: GNU_MAGIC }]), "NOT_TAR"],
  ["a prefix without magic", archiveOf([{ ...ETL, prefix: "../../x", magic: "" }]), "NOT_TAR"],
  ["a NUL in a name of pax", archiveOf([pax({ path: "dags/x\0/../../../pwn.py" }), ETL]), "UNSTORABLE_PATH"],
  ["a NUL within a long name", archiveOf([longName("dags/x\0/../../pwn.py"), ETL]), "UNSTORABLE_PATH"],
  ["an empty name of pax", archiveOf([pax({ path: "" }), ETL]), "UNSTORABLE_PATH"],
  ["names in another character set", archiveOf([pax({ hdrcharset: "ISO-IR 8859 1 1998" }), ETL]), "UNSTORABLE_PATH"],
  ["a size of -1 in pax attributes", archiveOf([pax({ size: "-1" }), ETL]), "NOT_TAR"],
  ["a size of -1 in octal", archiveOf([{ ...ETL, sizeField: "-0000000001" }]), "NOT_TAR"],
  ["a size of -1 in binary", archiveOf([{ ...ETL, sizeField: "\xff".repeat(12) }]), "NOT_TAR"],
  ["a size in words", archiveOf([{ ...ETL, sizeField: "nine" }]), "NOT_TAR"],
  [
    "a link with a size",
    archiveOf([{ name: "dags/l", type: "2", linkTarget: "etl.py", content: "x" }]),
    "UNSUPPORTED_ENTRY",
  ],
  ["a folder with a size", archiveOf([{ name: "dags/f/", type: "5", content: "x" }]), "UNSUPPORTED_ENTRY"],
  ["a file with the name of a folder", archiveOf([{ name: "dags/f/" }]), "UNSAFE_PATH"],
  ["attributes at the end", archiveOf([ETL, pax({ path: "dags/x" })]), "NOT_TAR"],
  ["a checksum that is wrong", gzipSync(Buffer.from(tarOf([ETL]).fill("x", 0, 1))), "NOT_TAR"],
  ["folders of Windows", archiveOf([{ name: "dags\\etl.py" }]), "UNSAFE_PATH"],
  ["a drive of Windows", archiveOf([{ name: "C:\\dags\\etl.py" }]), "UNSAFE_PATH"],
  ["a hidden way out beside what a Mac adds", archiveOf([{ name: "._x/../../pwn.py" }]), "UNSAFE_PATH"],
  ["a name in Latin-1", archiveOf([{ name: Buffer.from("dags/gr\xf6\xdfe.py", "latin1") }]), "UNSTORABLE_PATH"],
])("%s is refused", async (_name, archive, problem) => {
  for (const pieceBytes of [65_536, 7]) {
    const refusal: unknown = await pathsOf(archive, pieceBytes).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ArchiveRefused);
    expect(refusal).toMatchObject({ problem });
  }
});

test("what follows the end is not worked through over and over", async () => {
  const archive = gzipSync(Buffer.concat([tarOf([ETL]), Buffer.alloc(64 * 1024 ** 2)]));
  // Of the processor, which others may keep busy.
  const before = process.cpuUsage();
  await pathsIn(inPieces(archive, 65_536), { ...LIMITS, maxUnpackedBytes: 1e9 });
  expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
});

test("what the source ends in is told as it is, and nothing is visited any more", async () => {
  const archive = archiveOf([ETL, { name: "dags/random", content: randomBytes(500_000) }]);
  const failure = new Error("the store went away");
  for (const sentBytes of [0, 100, 300_000]) {
    let visiting = 0;
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield archive.subarray(0, sentBytes);
      await sleep(20);
      throw failure;
    };
    const reading = readArchive(broken(), { limits: LIMITS, isUpload: true }, async ({ content }) => {
      visiting++;
      try {
        for await (const chunk of content) void chunk;
      } finally {
        visiting--;
      }
    });
    await expect(reading).rejects.toBe(failure);
    expect(visiting).toBe(0);
  }
});

test.each<[string, Buffer]>([
  ["a zip archive", Buffer.from("PK\x03\x04 and more")],
  ["compressed by bzip2", Buffer.from("BZh91AY&SY")],
  ["compressed by xz", Buffer.from("\xfd7zXZ\0 and more", "latin1")],
  ["compressed by zstd", Buffer.from("\x28\xb5\x2f\xfd and more", "latin1")],
  ["a 7-Zip archive", Buffer.from("7z\xbc\xaf\x27\x1c and more", "latin1")],
  ["a tar archive that is not compressed", tarOf([ETL])],
])("what is %s is refused with the command that packs it as it should be", async (name, file) => {
  await expect(pathsOf(file)).rejects.toMatchObject({
    problem: "NOT_GZIP",
    message: `The file is ${name}; DAGs are taken as a gzip'd tar (tar czf dags.tar.gz dags/)`,
  });
});
