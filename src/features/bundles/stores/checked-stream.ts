import { createHash } from "node:crypto";
import { Readable, Transform } from "node:stream";
import { BundleCorrupt } from "../app/bundle-store";

/**
 * The same bytes; ends in BundleCorrupt instead of an end if their checksum is another. The last of them come only
 * once they are found right: who was promised so many bytes would take them for good ones otherwise, error or not.
 */
export function checkedStream(bytes: Readable, sha256: string): Readable {
  const hash = createHash("sha256");
  let held: Buffer | undefined;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, held);
      held = chunk;
    },
    flush(done) {
      if (hash.digest("hex") === sha256) done(null, held);
      else done(new BundleCorrupt(sha256));
    },
  });
  bytes.on("error", (error) => check.destroy(error));
  check.on("close", () => bytes.destroy());
  return bytes.pipe(check);
}
