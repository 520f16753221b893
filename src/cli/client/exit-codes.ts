/** What the process ends with; docs/command-line.md lists them, and scripts rely on them. */
export const EXIT = {
  /** Done. Of `--wait` and `watch`: the revision is DEPLOYED. */
  ok: 0,
  /** Anything that no other code stands for, such as an answer that makes no sense, or "no" to a question. */
  failure: 1,
  /** The command line is wrong, or lacks a confirmation. Nothing was sent. */
  usage: 2,
  rolloutFailed: 3,
  rolloutSuperseded: 4,
  /** The server refuses it by a rule, or the plan has blockers. */
  refused: 5,
  /** Not signed in, or not allowed. */
  forbidden: 6,
  notFound: 7,
  /** `--timeout` is over; the rollout goes on. */
  timeout: 8,
  /** The server, or something that it depends on, is away. */
  unavailable: 9,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with its message on stderr. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  UNAUTHENTICATED: EXIT.forbidden,
  FORBIDDEN: EXIT.forbidden,
  ACCOUNT_PENDING: EXIT.forbidden,
  PERMISSION_DENIED: EXIT.forbidden,
  PERSON_REQUIRED: EXIT.forbidden,
  NOT_FOUND: EXIT.notFound,
  UNAVAILABLE: EXIT.unavailable,
  REQUEST_TIMEOUT: EXIT.unavailable,
  TOO_MANY_REQUESTS: EXIT.unavailable,
  TOO_MANY_ATTEMPTS: EXIT.unavailable,
  INTERNAL_SERVER_ERROR: EXIT.failure,
  GRAPHQL_PARSE_FAILED: EXIT.failure,
  GRAPHQL_VALIDATION_FAILED: EXIT.failure,
};

/** Returns the exit code for a code of the API's errors. */
export const exitCodeOf = (code: string): ExitCode => BY_CODE[code] ?? EXIT.refused;
