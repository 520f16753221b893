import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { buildManifest } from "../../src/features/bundles/archive/build-manifest";
import { readArchive } from "../../src/features/bundles/archive/read-archive";
import { ArchiveRefused } from "../../src/features/bundles/domain/archive-refused";
import { archiveOf, END, pax, tarOf, type Member } from "./tar-builder";

const LIMITS = { maxUnpackedBytes: 1_000_000, maxFiles: 20 };
const ETL: Member = { name: "dags/etl.py", content: "print(1)\n" };
const BIG: Member = { name: "dags/big", content: Buffer.alloc(900_000, "x") };

const PACKED = archiveOf([ETL]);

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
const pathsOf = async (archive: Buffer, pieceBytes = 65_536): Promise<string[]> =>
  (await buildManifest(inPieces(archive, pieceBytes), LIMITS)).map(({ path }) => path);

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
  [
    "a lone block of zeros",
    gzipSync(Buffer.concat([tarOf([ETL], Buffer.alloc(512)), tarOf([{ name: "dags/b" }])])),
    ["b", "etl.py"],
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
  await buildManifest(inPieces(archive, 65_536), { ...LIMITS, maxUnpackedBytes: 1e9 });
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
    const reading = readArchive(broken(), LIMITS, async ({ content }) => {
      visiting++;
      for await (const chunk of content) void chunk;
      visiting--;
    });
    await expect(reading).rejects.toBe(failure);
    expect(visiting).toBe(0);
  }
});
