const HIDDEN = "***";

/** Hides the password, and parameters that may contain one; the rest stays readable, as does a file's path. */
export function redactUrl(text: string): string {
  if (!text.includes("://")) return text;
  const url = new URL(text);
  if (url.password !== "") url.password = HIDDEN;
  for (const name of new Set(url.searchParams.keys())) {
    if (/pass|secret|token|key|sig/i.test(name)) url.searchParams.set(name, HIDDEN);
  }
  return url.href;
}

export function redactWhole(): string {
  return HIDDEN;
}
