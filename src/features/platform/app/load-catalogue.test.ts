import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogueNotLoaded, loadCatalogue } from "./load-catalogue";

const feed = JSON.stringify({
  runtimeVersions: { "99.0.0": { metadata: { airflowVersion: "2.9.2", channel: "stable" } } },
});

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

test.each([
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
  ["a server that says no", () => serve((_, response) => response.writeHead(503).end()), /503/],
  ["a server that says nothing", () => serve(() => undefined), /timeout/i],
  ["a server that is not there", async () => "http://127.0.0.1:1/runtime", /fetch failed: .+/],
])("%s is named, and why", async (_, sourceOf, reason) => {
  const source = await sourceOf();
  const error: unknown = await loadCatalogue(source, 300).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CatalogueNotLoaded);
  expect((error as Error).message).toContain(source);
  expect((error as Error).message).toMatch(reason);
});
