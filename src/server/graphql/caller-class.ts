import type { MissingCredentials } from "../../kernel/errors";

/** Who sends a request, as far as limits are concerned. */
export type CallerClass =
  | { readonly kind: "SESSION"; readonly key: string }
  | { readonly kind: "NO_SESSION"; readonly key: string; readonly reason: MissingCredentials }
  /** It cannot be found out now, as while the database is away: no limit is lowered. */
  | { readonly kind: "UNKNOWN" };
