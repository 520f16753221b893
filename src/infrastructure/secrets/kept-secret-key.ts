import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FOLDER_MODE } from "../files/modes";

const KEY_BYTES = 32;

/**
 * The key of an installation that brings none, made at first use. It lies beside the embedded Postgres and not in
 * it, so that neither a copy of the database nor a dump reads the secrets in it.
 */
export async function keptSecretKey(dataDir: string): Promise<string> {
  const file = join(dataDir, "secret-key");
  return (await keyIn(file)) ?? (await makeKey(dataDir, file));
}

/** Several processes may create it at the same time, or be killed meanwhile: all of them get the same whole key. */
async function makeKey(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: FOLDER_MODE });
  const own = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    const handle = await open(own, "wx", 0o600);
    try {
      await handle.writeFile(`${randomBytes(KEY_BYTES).toString("base64")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(own, file).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
  } finally {
    await rm(own, { force: true });
  }
  const key = await keyIn(file);
  if (key === null) throw new Error(`${file} is gone as soon as it was made`);
  return key;
}

/** @throws Error if the file does not hold a key */
async function keyIn(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  });
  if (text === null) return null;
  const key = text.trim();
  if (Buffer.from(key, "base64").length !== KEY_BYTES)
    throw new Error(`${file} does not hold a key of ${KEY_BYTES} bytes in base64`);
  return key;
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException | null)?.code === code;
