import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const MAIN = join(__dirname, "../../dist/src/main.js");
const START_MS = 180_000;

/** Starts the product with its embedded Postgres and its demo on a free port. The tests find it by UI_URL. */
export default async function startService(): Promise<() => Promise<void>> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build`);
  const dataDir = await mkdtemp(join(tmpdir(), "retrograde-ui-"));
  const child = spawn(process.execPath, [MAIN, "serve"], {
    env: { PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", DATA_DIR: dataDir },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  const READY = /ready \{"url":"([^"]+)"|"url":"([^"]+)","msg":"ready"/;
  for (const end = Date.now() + START_MS; !READY.test(output); await sleep(100)) {
    if (Date.now() > end || child.exitCode !== null) {
      await stop();
      throw new Error(`The service did not start:\n${output}`);
    }
  }
  const [, text, json] = READY.exec(output) ?? [];
  process.env["UI_URL"] = text ?? json ?? "";
  process.env["UI_PASSWORD"] = (await readFile(join(dataDir, "administrator-password"), "utf8")).trim();
  return stop;
}
