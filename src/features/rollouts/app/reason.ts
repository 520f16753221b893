const MAX_REASON = 500;

/** Short, and without the NUL that Postgres cannot keep: what a driver says is not ours to trust. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_REASON).replaceAll("\0", "\ufffd");
}
