import { createHash } from "node:crypto";
import { Readable, Transform } from "node:stream";
import { BundleCorrupt } from "../app/bundle-store";

/** The same bytes; ends in BundleCorrupt instead of an end if their checksum is another. */
export function checkedStream(bytes: Readable, sha256: string): Readable {
  const hash = createHash("sha256");
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      done(hash.digest("hex") === sha256 ? null : new BundleCorrupt(sha256));
    },
  });
  bytes.on("error", (error) => check.destroy(error));
  check.on("close", () => bytes.destroy());
  return bytes.pipe(check);
}
