import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { LightMyRequestResponse } from "fastify";
import type { TestApp } from "../world/app";
import type { BuiltDeployment, BuiltRevision } from "./api";

export type Files = Readonly<Record<string, string | Buffer>>;

const BLOCK = 512;

/** A gzip'd tar as the `astro` CLI packs it: regular files below dags/ and nothing else. */
export const dagArchive = (files: Files, { prefix = "dags/" } = {}): Buffer =>
  gzipSync(
    Buffer.concat([
      ...Object.entries(files).map(([path, content]) => member(`${prefix}${path}`, Buffer.from(content))),
      Buffer.alloc(2 * BLOCK),
    ]),
  );

/** The archive that such an upload is stored and downloaded as. */
export function storedArchive(files: Files): Buffer {
  const folders = Object.keys(files).flatMap((path) =>
    path.split("/").map((_step, at, steps) => `dags/${steps.slice(0, at).join("/")}/`.replace("//", "/")),
  );
  const members = [
    ...[...new Set(["dags/", ...folders])].map((name) => ({ name, content: Buffer.alloc(0), isFolder: true })),
    ...Object.entries(files).map(([path, content]) => ({
      name: `dags/${path}`,
      content: Buffer.from(content),
      isFolder: false,
    })),
  ].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const archive = gzipSync(
    Buffer.concat([
      ...members.map(({ name, content, isFolder }) =>
        member(name, content, { isFolder, time: storedTime(isFolder ? null : content) }),
      ),
      Buffer.alloc(2 * BLOCK),
    ]),
    { level: 4 },
  );
  archive[9] = 255;
  return archive;
}

export const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const YEAR_2000 = 946_684_800;
const TWENTY_YEARS = 631_152_000;
const storedTime = (content: Buffer | null): number =>
  YEAR_2000 + (content === null ? 0 : parseInt(sha256Of(content).slice(0, 8), 16) % TWENTY_YEARS);

/** One file in the ustar format (POSIX.1-1988). */
function member(name: string, content: Buffer, { isFolder = false, time = 0 } = {}): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100);
  header.write(isFolder ? "0000755\0" : "0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write(`${time.toString(8).padStart(11, "0")}\0`, 136);
  header.write(" ".repeat(8), 148);
  header.write(isFolder ? "5" : "0", 156);
  header.write("ustar\x0000", 257);
  header.write("0000000\0", 329);
  header.write("0000000\0", 337);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

export type Part = { readonly name: string; readonly content: string | Buffer; readonly fileName?: string };

const BOUNDARY = "3f6c1d0a9b8e7f";

/** As Go's multipart.Writer lays a form out. */
export function form(parts: readonly Part[]): { headers: Record<string, string>; payload: Buffer } {
  const chunks = parts.flatMap(({ name, content, fileName }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? "" : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`}\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from("\r\n"),
  ]);
  return {
    headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
    payload: Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]),
  };
}

/** The parts that the `astro` CLI sends: the file first, then the description. */
export const cliParts = (archive: Buffer, description?: string): Part[] => [
  { name: "file", content: archive, fileName: "/home/ada/project/dags.tar.gz" },
  ...(description === undefined ? [] : [{ name: "description", content: description }]),
];

export function postForm(
  world: TestApp,
  releaseName: string,
  parts: readonly Part[],
  token?: string,
): Promise<LightMyRequestResponse> {
  const { headers, payload } = form(parts);
  const authorization = token === undefined ? {} : { authorization: token };
  return world.app.server.app.inject({
    method: "POST",
    url: `/${releaseName}/dags/upload`,
    headers: { ...headers, ...authorization },
    payload,
  });
}

export interface UploadedRevision extends BuiltRevision {
  readonly revisionId: string;
  readonly type: string;
  readonly dagTarballVersion: string;
}

/** An upload that has to be taken. */
export async function uploadDags(
  world: TestApp,
  token: string,
  { releaseName }: Pick<BuiltDeployment, "releaseName">,
  files: Files,
  { description }: { readonly description?: string } = {},
): Promise<UploadedRevision> {
  const answer = await postForm(world, releaseName, cliParts(dagArchive(files), description), token);
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`);
  const body = answer.json<Omit<UploadedRevision, "id">>();
  return { ...body, id: body.revisionId };
}
