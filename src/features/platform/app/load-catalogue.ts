import { readFile } from "node:fs/promises";
import { isNativeError } from "node:util/types";
import airflowSchemaRevisions from "../data/airflow-schema-revisions.json";
import shippedReleases from "../data/runtime-releases.json";
import { RuntimeCatalogue } from "../domain/catalogue";
import { parseCatalogueFeed } from "../domain/catalogue-feed";

const FETCH_TIMEOUT_MS = 10_000;

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
 * The shipped catalogue, or the one at `source` (a file path or an http(s) URL, in the shape of the
 * public feed or of the shipped file) in its place. The table of schema revisions is always the shipped
 * one, since no feed carries it.
 *
 * @throws CatalogueNotLoaded if `source` cannot be read in time (a URL: 10 s) or is not a usable catalogue.
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
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  return response.text();
}

/** `fetch` says only "fetch failed" and puts what happened into the cause. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  return isNativeError(error.cause) ? `${error.message}: ${error.cause.message}` : error.message;
}
