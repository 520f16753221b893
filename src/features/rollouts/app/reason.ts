const MAX_REASON = 500;

/** Shortens a driver's message and replaces NUL, which Postgres cannot store: drivers may send any text. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_REASON).replaceAll("\0", "\ufffd");
}
