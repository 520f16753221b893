import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { once } from "node:events";

const MAIN = join(__dirname, "..", "..", "dist", "src", "main.js");

/**
 * Stands in for npm, as the service of the test is installed and runs already. `npm start` reads its configuration and fails on a
 * warning, such as that of an unknown variable.
 */
const NPM = `#!/bin/sh
case "$*" in
  ci | test | "run build") ;;
  start)
    warnings=$('${process.execPath}' '${MAIN}' config 2>&1 >/dev/null) || { echo "$warnings"; exit 1; }
    [ -z "$warnings" ] || { echo "$warnings"; exit 1; } ;;
  *) echo "npm $*: not known to this test"; exit 1 ;;
esac
`;

export interface Pasted {
  readonly output: string;
  /** The commands that ended with another status than 0. */
  readonly failed: string;
}

/** One bash, into which block after block is pasted: variables and functions of one are there in the next. */
export class PasteShell {
  private readonly bash: ChildProcess;
  private readonly folder: string;

  /** @param folder where the blocks run, as in a fresh clone */
  constructor(folder: string) {
    this.folder = join(folder, ".paste");
    const programs = join(this.folder, "bin");
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, "npm"), NPM);
    chmodSync(join(programs, "npm"), 0o755);
    this.bash = spawn("bash", ["--noprofile", "--norc"], {
      cwd: folder,
      env: { PATH: `${programs}${delimiter}${process.env["PATH"]}`, HOME: folder },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.bash.stdin?.write(`set -E -o pipefail; trap 'failed="$failed$BASH_COMMAND"$'"'\\n'"'' ERR\n`);
  }

  async paste(text: string): Promise<Pasted> {
    const [block, output, failed] = ["block", "output", "failed"].map((name) => join(this.folder, name)) as [
      string,
      string,
      string,
    ];
    const end = randomUUID();
    writeFileSync(block, `${text}\n`);
    const ended = this.printed(end);
    this.bash.stdin?.write(
      `failed=; . '${block}' >'${output}' 2>&1 </dev/null; printf %s "$failed" >'${failed}'; echo ${end}\n`,
    );
    await ended;
    return { output: readFileSync(output, "utf8"), failed: readFileSync(failed, "utf8") };
  }

  private printed(text: string): Promise<void> {
    const { stdout } = this.bash;
    return new Promise((resolve, reject) => {
      let seen = "";
      const closed = (): void => reject(new Error("the block has ended the shell"));
      const read = (chunk: Buffer): void => {
        seen += chunk.toString();
        if (!seen.includes(text)) return;
        stdout?.off("data", read);
        this.bash.off("close", closed);
        resolve();
      };
      stdout?.on("data", read);
      this.bash.once("close", closed);
    });
  }

  async close(): Promise<void> {
    const closed = once(this.bash, "close");
    this.bash.stdin?.end();
    await closed;
  }
}
