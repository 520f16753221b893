import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogueNotLoaded, loadCatalogue } from "./load-catalogue";

const feed = JSON.stringify({
  runtimeVersions: { "99.0.0": { metadata: { airflowVersion: "2.9.2", channel: "stable" } } },
});

const TIMED_OUT = /timeout/i;

let folder: string;
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "catalogue-"));
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/runtime`;
}

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test("without a source, the shipped catalogue", async () => {
  const catalogue = await loadCatalogue();
  expect(catalogue.releases({ includeAll: true })).toHaveLength(145);
  expect(catalogue.find("11.8.0")?.airflowVersion).toBe("2.9.3");
});

/** Writes at the pace of the client. */
function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(1024 * 1024, " ");
  const write = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", write);
  write();
}

test.each([
  [
    "a redirect on the same host",
    () =>
      serve((request, response) =>
        request.url === "/runtime" ? response.writeHead(301, { location: "/moved" }).end() : response.end(feed),
      ),
  ],
  ["a file", () => write("feed.json", feed)],
  ["a URL", () => serve((_, response) => response.end(feed))],
])("%s replaces the releases, not the schema revisions", async (_, sourceOf) => {
  const catalogue = await loadCatalogue(await sourceOf());
  expect(catalogue.releases({ includeAll: true }).map(({ version }) => version)).toEqual(["99.0.0"]);
  expect(catalogue.schemaRevisionOf("2.9.2")).not.toBeNull();
});

test.each([
  ["a file that is not there", async () => join(folder, "absent.json"), /ENOENT/],
  ["a file that is not JSON", () => write("text.json", "hello"), /JSON/],
  ["a file that is no catalogue", () => write("other.json", "{}"), /runtimeVersions/],
  ["a file elsewhere without https", async () => "http://192.0.2.1/runtime", /by https/],
  [
    "a server that redirects elsewhere",
    () => serve((_, response) => response.writeHead(302, { location: "http://localhost:1/other" }).end()),
    /redirects to http:\/\/localhost:1/,
  ],
  [
    "a server that redirects for ever",
    () => serve((_, response) => response.writeHead(302, { location: "/runtime" }).end()),
    /more than 5 times/,
  ],
  ["a server that sends without end", () => serve((_, response) => endless(response)), /more than 16777216 bytes/],
  ["a server that says no", () => serve((_, response) => response.writeHead(503).end()), /503/],
  ["a server that says nothing", () => serve(() => undefined), TIMED_OUT],
  ["a server that is not there", async () => "http://127.0.0.1:1/runtime", /fetch failed: .+/],
])("%s is named, and why", async (_, sourceOf, reason) => {
  const source = await sourceOf();
  const error: unknown = await loadCatalogue(source, reason === TIMED_OUT ? 300 : undefined).catch(
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(CatalogueNotLoaded);
  expect((error as Error).message).toContain(source);
  expect((error as Error).message).toMatch(reason);
});
