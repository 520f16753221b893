import type { DeployRevisionFilter, DeployStatus, DeployType } from "../gql";

/** What the history page keeps in its address, all as text, so that a link shows the same to somebody else. */
export interface HistorySearch {
  readonly q?: string;
  /** Days, such as 2026-11-07, both included. */
  readonly from?: string;
  readonly to?: string;
  /** A range that ends now: 24h, 7d, 30d or 90d. */
  readonly since?: string;
  /** Separated by commas. */
  readonly status?: string;
  readonly type?: string;
  /** Id of a user or service account. */
  readonly who?: string;
  readonly rollbacks?: string;
  /** Target of the rollback plan that is open: its id, its number, or LAST_KNOWN_GOOD. */
  readonly plan?: string;
  /** Id of the rollback whose undoing is open. */
  readonly undo?: string;
  /** Id of the revision that the open rollback or undoing has made. */
  readonly run?: string;
  /** Id of the revision whose details are open. */
  readonly open?: string;
}

const KEYS = ["q", "from", "to", "since", "status", "type", "who", "rollbacks", "plan", "undo", "run", "open"] as const;
const FILTER_KEYS = ["q", "from", "to", "since", "status", "type", "who", "rollbacks"] as const;

export const RANGES: Readonly<Record<string, { readonly hours: number; readonly word: string }>> = {
  "24h": { hours: 24, word: "24 hours" },
  "7d": { hours: 7 * 24, word: "7 days" },
  "30d": { hours: 30 * 24, word: "30 days" },
  "90d": { hours: 90 * 24, word: "90 days" },
};

const STATUS: readonly DeployStatus[] = ["DEPLOYED", "FAILED", "INITIALIZED", "SUPERSEDED"];
const TYPE: readonly DeployType[] = ["IMAGE_AND_DAG", "IMAGE_ONLY", "DAG_ONLY"];
/** A plan without a target of its own. */
export const LAST_KNOWN_GOOD = "last-known-good";
const NUMBER = /^[1-9]\d{0,8}$/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const HOUR_MS = 3_600_000;

/** Reads an address: what is unknown or malformed is left out, so that an old link still shows something. */
export function readHistorySearch(raw: Readonly<Record<string, unknown>>): HistorySearch {
  const search: { -readonly [Key in keyof HistorySearch]: string } = {};
  for (const key of KEYS) {
    const value = raw[key];
    if (typeof value === "string" && value !== "" && isValid(key, value)) search[key] = value;
  }
  return search;
}

function isValid(key: (typeof KEYS)[number], value: string): boolean {
  switch (key) {
    case "q":
      return true;
    case "from":
    case "to":
      return DAY.test(value) && !Number.isNaN(Date.parse(value));
    case "since":
      return value in RANGES;
    case "status":
      return listOf(value, STATUS).length > 0;
    case "type":
      return listOf(value, TYPE).length > 0;
    case "rollbacks":
      return value === "only";
    case "plan":
      return value === LAST_KNOWN_GOOD || NUMBER.test(value) || UUID.test(value);
    case "who":
    case "undo":
    case "run":
    case "open":
      return UUID.test(value);
  }
}

/** Reads a list of an address; unknown words are left out. */
function listOf<Word extends string>(value: string | undefined, words: readonly Word[]): Word[] {
  const wanted = new Set((value ?? "").split(","));
  return words.filter((word) => wanted.has(word));
}

export const statusesOf = (search: HistorySearch): DeployStatus[] => listOf(search.status, STATUS);
export const typesOf = (search: HistorySearch): DeployType[] => listOf(search.type, TYPE);

export function isFiltered(search: HistorySearch): boolean {
  return FILTER_KEYS.some((key) => search[key] !== undefined);
}

/** Returns the address without its filters; what is open stays. */
export function withoutFilters(search: HistorySearch): HistorySearch {
  return Object.fromEntries(
    Object.entries(search).filter(([key]) => !(FILTER_KEYS as readonly string[]).includes(key)),
  );
}

/** The beginning of a day in the viewer's zone, some days later. */
function startOf(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** @param now instant from which `since` counts, ms */
export function filterOf(search: HistorySearch, now: number): DeployRevisionFilter | null {
  if (!isFiltered(search)) return null;
  const statuses = statusesOf(search);
  const types = typesOf(search);
  const range = search.since === undefined ? undefined : RANGES[search.since];
  return {
    ...(search.q === undefined ? {} : { search: search.q }),
    ...(range === undefined ? {} : { createdAfter: new Date(now - range.hours * HOUR_MS).toISOString() }),
    ...(search.from === undefined ? {} : { createdAfter: startOf(search.from) }),
    ...(search.to === undefined ? {} : { createdBefore: startOf(search.to, 1) }),
    ...(statuses.length === 0 ? {} : { statuses }),
    ...(types.length === 0 ? {} : { types }),
    ...(search.who === undefined ? {} : { createdById: search.who }),
    ...(search.rollbacks === undefined ? {} : { rollbacksOnly: true }),
  };
}

/** Reads and writes addresses without JSON: ?status=FAILED&q=dbt. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: object): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search))
    if (typeof value === "string" && value !== "") params.set(key, value);
  const text = params.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text === "" ? "" : `?${text}`;
}

/** Returns a path of this installation to go to after sign-in; anything else leads to the first page. */
export function safeReturn(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])/.test(to) && !to.startsWith("/sign-in") ? to : "/";
}

/** What the system's page keeps in its address. */
export interface AuditSearch {
  /** An action, or a part of one before a dot. */
  readonly action?: string;
  /** Days, both included. */
  readonly from?: string;
  readonly to?: string;
}

export function readAuditSearch(raw: Readonly<Record<string, unknown>>): AuditSearch {
  const { from, to } = readHistorySearch({ from: raw["from"], to: raw["to"] });
  const { action } = raw;
  return {
    ...(typeof action === "string" && action !== "" ? { action } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

export function auditFilterOf({ action, from, to }: AuditSearch): {
  readonly action?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
} {
  return {
    ...(action === undefined ? {} : { action }),
    ...(from === undefined ? {} : { createdAfter: startOf(from) }),
    ...(to === undefined ? {} : { createdBefore: startOf(to, 1) }),
  };
}
