import { chmodSync, mkdtempSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

  /** What is there, apart from the caches of tools. */
  entries(): string[] {
    return readdirSync(this.path).filter((name) => !CACHES.test(name));
  }

  async remove(): Promise<void> {
    if (this.outer === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = this.outer;
    // A process that was told to end may still be writing.
    await rm(this.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
