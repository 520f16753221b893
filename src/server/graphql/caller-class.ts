import type { MissingCredentials } from "../../kernel/errors";

/** The sender of a request, as far as limits are concerned. */
export type CallerClass =
  | { readonly kind: "SESSION"; readonly key: string }
  | { readonly kind: "NO_SESSION"; readonly key: string; readonly reason: MissingCredentials }
  /** The sender cannot be determined now, e.g. while the database is unreachable: no limit is lowered. */
  | { readonly kind: "UNKNOWN" };
