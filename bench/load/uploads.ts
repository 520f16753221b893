import { randomBytes } from "node:crypto";
import { Agent, request as send } from "node:http";
import { gzipSync } from "node:zlib";
import type { Samples } from "../statistics";

const BOUNDARY = "3f6c1d0a9b8e7f";
const BLOCK = 512;

export interface UploadTarget {
  readonly url: string;
  readonly apiKey: string;
}

/** A form with an archive of one file of so many bytes that no compression makes smaller; no two are alike. */
export function uploadForm(bytes: number): Buffer {
  const content = randomBytes(bytes);
  const archive = gzipSync(
    Buffer.concat([
      header("dags/data.bin", bytes),
      content,
      Buffer.alloc(((BLOCK - (bytes % BLOCK)) % BLOCK) + 2 * BLOCK),
    ]),
    { level: 1 },
  );
  return Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="dags.tar.gz"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    archive,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

function header(name: string, bytes: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name);
  block.write("0000644\0", 100);
  block.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124);
  block.write("        0", 148);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** Sends each form once, so many at a time, to one target after another. @throws Error with the first bad answer */
export async function upload(
  forms: readonly Buffer[],
  targets: readonly UploadTarget[],
  atATime: number,
): Promise<Samples> {
  const agent = new Agent({ keepAlive: true, maxSockets: atATime });
  const latencies: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const lane = async (): Promise<void> => {
    for (let at = next++; at < forms.length; at = next++) {
      const begun = performance.now();
      await post(agent, targets[at % targets.length]!, forms[at]!);
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  agent.destroy();
  return { seconds: (performance.now() - startedAt) / 1000, latenciesMs: Float64Array.from(latencies) };
}

function post(agent: Agent, { url, apiKey }: UploadTarget, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: apiKey,
      "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
      "content-length": body.length,
    };
    const request = send(url, { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${response.statusCode}: ${Buffer.concat(chunks).toString()}`));
        });
    });
    request.on("error", reject).end(body);
  });
}
