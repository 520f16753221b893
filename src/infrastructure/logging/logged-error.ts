/** The parts of an error that are logged. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly cause?: LoggedError;
}

/**
 * Returns only these parts of an error: database drivers add the statement's parameters and the failing row to theirs
 * (`parameters`, `detail`, `where`), with password digests and users' secrets in them.
 */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint, table } = error as Partial<Record<"code" | "constraint" | "table", unknown>>;
  return {
    type: error.constructor.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === "string" && { code }),
    ...(typeof constraint === "string" && { constraint }),
    ...(typeof table === "string" && { table }),
    ...(error.cause instanceof Error && { cause: loggedError(error.cause) as LoggedError }),
  };
}
