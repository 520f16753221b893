import { readFile } from "node:fs/promises";
import { isNativeError } from "node:util/types";
import { boundedFetch, isProtected } from "../../../infrastructure/outbound/bounded-fetch";
import airflowSchemaRevisions from "../data/airflow-schema-revisions.json";
import shippedReleases from "../data/runtime-releases.json";
import { RuntimeCatalogue } from "../domain/catalogue";
import { parseCatalogueFeed } from "../domain/catalogue-feed";

const FETCH_TIMEOUT_MS = 10_000;
/** The shipped catalogue has 90 KB. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The configured catalogue could not be read, or is not one; `cause` says why. */
export class CatalogueNotLoaded extends Error {
  constructor(
    readonly source: string,
    cause: unknown,
  ) {
    super(`Cannot load the Runtime catalogue from ${source}: ${reasonOf(cause)}`, { cause });
    this.name = "CatalogueNotLoaded";
  }
}

/**
 * The shipped catalogue, or the one at `source` (a file path or an http(s) URL, in the shape of the public feed or of
 * the shipped file) in its place. The table of schema revisions is always the shipped one, since no feed carries it.
 *
 * @throws CatalogueNotLoaded if `source` cannot be read in time (a URL: 10 s), is longer than 16 MB, comes neither by
 * https nor from this machine, redirects to another host, or is not a usable catalogue.
 */
export async function loadCatalogue(source?: string, timeoutMs = FETCH_TIMEOUT_MS): Promise<RuntimeCatalogue> {
  if (source === undefined) return catalogueOf(shippedReleases);
  try {
    return catalogueOf(JSON.parse(isUrl(source) ? await fetchText(source, timeoutMs) : await readFile(source, "utf8")));
  } catch (error) {
    throw new CatalogueNotLoaded(source, error);
  }
}

function catalogueOf(document: unknown): RuntimeCatalogue {
  return new RuntimeCatalogue(parseCatalogueFeed(document), airflowSchemaRevisions);
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function fetchText(url: string, timeoutMs: number): Promise<string> {
  if (!isProtected(new URL(url))) throw new Error("it has to be reached by https, or be on this machine");
  const options = { headers: { accept: "application/json" }, signal: AbortSignal.timeout(timeoutMs) };
  const response = await boundedFetch(url, options, { maxBytes: MAX_BYTES, redirects: "SAME_HOST" });
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  return response.text();
}

/** `fetch` says only "fetch failed" and puts what happened into the cause. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  return isNativeError(error.cause) ? `${error.message}: ${error.cause.message}` : error.message;
}
