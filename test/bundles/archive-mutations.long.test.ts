import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { ArchiveThreads } from "../../src/features/bundles/archive/archive-threads";
import { spoolUpload } from "../../src/features/bundles/archive/spool-upload";
import { unpackArchive } from "../../src/features/bundles/archive/unpack-archive";
import { ArchiveRefused } from "../../src/features/bundles/domain/archive-refused";
import { dagArchive } from "../builders/dags";
import { TimeBudget } from "../world/time-budget";
import { generator, pick, type Random } from "./random";

/** Each batch is one test, so that a failure names its seed. */
const BATCHES = 4;
/** For all batches together; a long run: MUTATION_SECONDS=600 npx jest test/bundles/archive-mutations */
const SECONDS = Number(process.env["MUTATION_SECONDS"] ?? 20);
const BUDGET = { seconds: SECONDS / BATCHES, atLeast: 150 };
const LIMITS = { maxUploadBytes: 200_000, maxUnpackedBytes: 1_000_000, maxFiles: 50 };
const BLOCK = 512;

const GZIPPED = dagArchive({
  "etl.py": "print('x')\n".repeat(40),
  "lib/orders.py": "ORDERS = 1\n",
  "lib/.hidden": "",
  "data/big.sql": "select 1;\n".repeat(300),
});
const TAR = gunzipSync(GZIPPED);
const NAMES = [
  "../evil",
  "/etc/evil",
  "dags/../../evil",
  "dags/etl.py/x",
  "dags/etl.py",
  "dags",
  ".",
  "",
  "dags/a\0b",
  "dags/\xff\xfe",
  "x".repeat(100),
  "dags/lib",
  "other/x",
  "dags//x",
  "./dags/y",
];
const TYPES = "0\x001234567gxKLSDVN9".split("");
const TARGETS = ["..", "../../etc/passwd", "/etc/passwd", "etl.py", "lib", ".", "", "dags/etl.py", "lib/../../.."];

/** Every block that begins a member: its header. */
function headersOf(tar: Buffer): number[] {
  const found = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    found.push(at);
    const size = parseInt(tar.toString("latin1", at + 124, at + 135), 8) || 0;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return found;
}

function fixChecksum(tar: Buffer, at: number): void {
  tar.fill(" ", at + 148, at + 156);
  const sum = tar.subarray(at, at + BLOCK).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
}

/** Changes one member's header in a way that a checksum does not give away. */
function editHeader(random: Random, tar: Buffer): void {
  const at = pick(random, headersOf(tar));
  const write = (text: string, offset: number, length: number): void => {
    tar.fill(0, at + offset, at + offset + length);
    tar.write(text.slice(0, length), at + offset, "latin1");
  };
  const edits = [
    () => write(pick(random, NAMES), 0, 100),
    () => write(pick(random, TYPES), 156, 1),
    () => (
      write(pick(random, ["2", "1"]), 156, 1),
      write(pick(random, TARGETS), 157, 100),
      write("00000000000", 124, 12)
    ),
    () =>
      write(
        random(2 ** 31)
          .toString(8)
          .padStart(11, "0"),
        124,
        12,
      ),
    () => write(pick(random, ["77777777777", "-0000000001", "", "\x80\xff\xff\xff"]), 124, 12),
    () => write(pick(random, ["0000777", "9999999", ""]), 100, 8),
    () => write(pick(random, NAMES), 345, 155),
    () => write(pick(random, ["ustar\x0000", "ustar  \0", "GNUtar ", ""]), 257, 8),
  ];
  pick(random, edits)();
  if (random(5) > 0) fixChecksum(tar, at);
}

const MUTATORS: readonly ((random: Random) => Buffer)[] = [
  (random) => flip(random, Buffer.from(GZIPPED)),
  (random) => GZIPPED.subarray(0, random(GZIPPED.length)),
  (random) => gzipSync(flip(random, Buffer.from(TAR))),
  (random) => gzipSync(TAR.subarray(0, random(TAR.length))),
  (random) => gzipSync(edited(random, 1)),
  (random) => gzipSync(edited(random, 4)),
  (random) => gzipSync(Buffer.concat([TAR.subarray(0, BLOCK * random(20)), TAR])),
  (random) => Buffer.concat([GZIPPED, pick(random, [GZIPPED, randomBytes(30), Buffer.from("x"), gzipSync("")])]),
  (random) => gzipSync(randomBytes(random(3_000))),
  (random) => randomBytes(random(3_000)),
  (random) => gzipSync(gzipSync(TAR).subarray(random(3))),
  (random) => gzipSync(Buffer.alloc(random(4) * BLOCK + random(2))),
];

function flip(random: Random, bytes: Buffer): Buffer {
  for (let flips = 1 + random(4); flips > 0; flips--) {
    const at = random(bytes.length);
    bytes[at] = bytes[at]! ^ (1 << random(8));
  }
  return bytes;
}

function edited(random: Random, most: number): Buffer {
  const tar = Buffer.from(TAR);
  for (let edits = 1 + random(most); edits > 0; edits--) {
    if (headersOf(tar).length > 0) editHeader(random, tar);
  }
  return tar;
}

async function treeIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

describe("mutations of an archive", () => {
  const threads = new ArchiveThreads();
  let root: string;
  let accepted = 0;
  let refused = 0;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "retrograde-mutations-"));
  });
  afterAll(async () => {
    await threads.stop();
    await rm(root, { recursive: true, force: true });
  });

  const base = Number(process.env["MUTATION_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  test.each(Array.from({ length: BATCHES }, (_, at) => base + at))(
    "are an archive or refused, and never land outside (seed %i)",
    async (seed) => {
      const random = generator(seed);
      const spool = join(root, "spool");
      const budget = new TimeBudget(BUDGET);
      while (budget.next()) {
        const bytes = pick(random, MUTATORS)(random);
        const upload = await spoolUpload(
          Readable.from([bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]),
          { folder: spool, limits: LIMITS, threads },
        ).catch((error: unknown) => error);
        if (upload instanceof ArchiveRefused) {
          refused++;
          continue;
        }
        if (upload instanceof Error || !("files" in (upload as object)))
          throw new Error(`mutation ${budget.rounds} of seed ${seed}`, { cause: upload });
        const spooled = upload as Awaited<ReturnType<typeof spoolUpload>>;
        const { files } = spooled;
        const packed = await readFile(spooled.file);
        await spooled.dispose();
        accepted++;
        const folder = join(root, "jail", "deep", "tree");
        await mkdir(folder, { recursive: true });
        await unpackArchive(Readable.from([packed]), folder, LIMITS);
        expect(await treeIn(folder)).toEqual(files.map(({ path }) => path).sort());
        for (const { path, sizeBytes, sha256 } of files) {
          const link = await readlink(join(folder, path)).catch(() => null);
          const content = link ?? (await readFile(join(folder, path)));
          expect(Buffer.byteLength(content)).toBe(sizeBytes);
          expect(
            createHash("sha256")
              .update(link === null ? content : `symlink\0${link}`)
              .digest("hex"),
          ).toBe(sha256);
        }
        expect([await readdir(join(root, "jail")), await readdir(join(root, "jail", "deep"))]).toEqual([
          ["deep"],
          ["tree"],
        ]);
        await rm(join(root, "jail"), { recursive: true });
      }
      expect((await readdir(root)).sort()).toEqual(["spool"]);
      expect(await readdir(spool)).toEqual([]);
      budget.report(`mutations of an archive (MUTATION_SEED=${seed})`);
    },
    BUDGET.seconds * 1_000 + 180_000,
  );

  test("were of both kinds", () => {
    const mutations = accepted + refused;
    expect(accepted).toBeGreaterThan(mutations / 50);
    expect(refused).toBeGreaterThan(mutations / 2);
  });
});
