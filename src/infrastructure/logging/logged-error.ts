/** What a log shows of an error. */
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
 * An error for the log. Only these parts of it: database drivers hang the statement's parameters and the row
 * at fault on theirs (`parameters`, `detail`, `where`), with passwords' digests and people's secrets in them.
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
