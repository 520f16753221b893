const LONGEST = 1_000;

/**
 * Where the browser may go after signing in: a path of ours, or a page of an origin that is ours. Null for
 * anything else, which is then as if nothing had been asked for.
 */
export function returnTarget(
  asked: unknown,
  { own, others }: { readonly own: string; readonly others: readonly string[] },
): string | null {
  if (typeof asked !== "string" || asked === "" || asked.length > LONGEST) return null;
  if (!URL.canParse(asked, own)) return null;
  // As a browser would read it: `//host`, `/\host` and the like are other origins.
  const { href } = new URL(asked, own);
  // The whole beginning: a `blob:` has the origin of its maker, and a user name comes before the host.
  return [own, ...others].some((origin) => href.startsWith(`${origin}/`)) ? href : null;
}
