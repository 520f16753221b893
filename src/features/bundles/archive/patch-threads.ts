import { extname, join } from "node:path";
import { Piscina } from "piscina";
import type { TextsToCompare } from "../app/archives";

const MAX_THREADS = 2;
const IDLE_MS = 60_000;
const SOURCE = extname(__filename);

/** Compares texts in threads of their own: it takes as long as the texts differ, and every other request would wait. */
export class PatchThreads {
  private readonly threads = new Piscina<TextsToCompare, string | null>({
    filename: join(__dirname, `make-patch${SOURCE}`),
    name: "makePatch",
    minThreads: 0,
    maxThreads: MAX_THREADS,
    atomics: "disabled",
    idleTimeout: IDLE_MS,
    // Not compiled, as in a test.
    ...(SOURCE === ".ts" && { execArgv: ["--require", "tsx/cjs"] }),
  });

  /** Null where finding the difference takes too long. */
  patch(texts: TextsToCompare): Promise<string | null> {
    return this.threads.run(texts);
  }

  stop(): Promise<void> {
    return this.threads.destroy();
  }
}
