/**
 * FOUND: it is there, and the actor may use it. MISSING: it is not, or the actor may not use it. UNVERIFIED: unknown,
 * because the registry does not answer, or is not one that this installation asks.
 */
export type ImageState =
  | { readonly kind: "FOUND"; readonly digest: string }
  | { readonly kind: "MISSING" }
  | { readonly kind: "UNVERIFIED"; readonly because: "NO_ANSWER" | "UNKNOWN_REGISTRY"; readonly reason: string };
