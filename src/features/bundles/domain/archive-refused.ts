import { DomainError } from "../../../kernel/errors";
import { quoteHidden } from "../../../kernel/text";

export type ArchiveProblem =
  | "EMPTY_FILE"
  | "NOT_GZIP"
  | "NOT_TAR"
  | "TRUNCATED"
  | "UNSAFE_PATH"
  | "LINK_OUTSIDE"
  | "UNSUPPORTED_ENTRY"
  | "DUPLICATE_PATH"
  | "UNSTORABLE_PATH"
  | "PATH_TOO_LONG"
  | "TOO_MANY_FILES"
  | "TOO_LARGE"
  | "TOO_LARGE_UNPACKED";

/** The upload is no archive of DAGs, or must not be unpacked. Nothing of it is kept. */
export class ArchiveRefused extends DomainError {
  readonly code = "BAD_USER_INPUT";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly problem: ArchiveProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.details = { argument: "file", problem };
  }
}

const MAX_SHOWN = 120;

/** A path for a message: shortened, and without control characters. */
export const shown = (path: string): string =>
  quoteHidden(JSON.stringify(path.length > MAX_SHOWN ? `${path.slice(0, MAX_SHOWN)}…` : path));
