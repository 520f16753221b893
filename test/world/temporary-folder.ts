import { chmodSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MAX_ENTRIES = 20;
/** Caches that tools keep in the temp folder on purpose: tsx, and Node's compile cache. */
const CACHES = /^(tsx-|node-compile-cache$|v8-compile-cache-|jest_)/;

/**
 * The temp folder of one test run. Every process of the run uses it, so that whatever a test leaves behind is found
 * there, whichever process wrote it, and other programs on the machine do not matter.
 */
export class TemporaryFolder {
  private readonly outer = process.env["TMPDIR"];
  readonly path = mkdtempSync(join(tmpdir(), "retrograde-test-"));

  constructor() {
    chmodSync(this.path, 0o711); // Postgres and Swift run as users of their own when the tests run as root.
    process.env["TMPDIR"] = this.path;
  }

  /** Paths of the files and folders there, apart from the caches of tools: at most a few of each folder. */
  entries(): string[] {
    const names = readdirSync(this.path).filter((name) => !CACHES.test(name));
    return names.flatMap((name) => {
      const path = join(this.path, name);
      const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }) : [];
      return [name, ...inside.slice(0, MAX_ENTRIES).map((entry) => join(name, entry))];
    });
  }

  async remove(): Promise<void> {
    if (this.outer === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = this.outer;
    // A process that was told to end may still be writing.
    await rm(this.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
