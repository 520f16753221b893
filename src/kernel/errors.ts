/**
 * An error that a use case throws so that its transaction rolls back and the caller learns the reason. Any other error
 * is a bug, and is masked for the client.
 */
export abstract class DomainError extends Error {
  /** Goes into `extensions.code` of the GraphQL error. */
  abstract readonly code: string;
  /** Go into `extensions`, beside `code`. */
  readonly details: Readonly<Record<string, unknown>> = {};

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * The exact message by which clients of the 0.35 platform recognise a refused call. The `astro` CLI then prints "Your
 * token has expired. Please log in again.".
 */
export const REFUSED_MESSAGE = "You do not have the appropriate permissions for that";

export type MissingCredentials = "MISSING" | "INVALID" | "EXPIRED";

/** The caller is not signed in: the credentials are missing, invalid or expired. */
export class Unauthenticated extends DomainError {
  readonly code = "UNAUTHENTICATED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly reason: MissingCredentials,
    message = REFUSED_MESSAGE,
  ) {
    super(message);
    this.details = { reason };
  }
}

/** The caller is signed in and may see the object, but lacks the permission. */
export class Forbidden extends DomainError {
  readonly code = "FORBIDDEN";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly permission?: string) {
    super(REFUSED_MESSAGE);
    this.details = permission === undefined ? {} : { permission };
  }
}

/** The object does not exist, or the caller may not see it. Both look the same to the caller. */
export class NotFound extends DomainError {
  readonly code = "NOT_FOUND";

  constructor(readonly kind: string) {
    super(`${kind} not found`);
  }
}

/** For `catch`: passes errors on, and names what the caller has asked for where something behind it is not found. */
export const notFoundAs =
  (kind: string) =>
  (error: unknown): never => {
    throw error instanceof NotFound ? new NotFound(kind) : error;
  };

/** An argument is malformed; nothing was changed. */
export class InvalidInput extends DomainError {
  readonly code = "BAD_USER_INPUT";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly argument: string,
    message: string,
  ) {
    super(`${argument}: ${message}`);
    this.details = { argument };
  }
}

/** The request was valid when it was made, but the object has changed since or is taken. */
export class Conflict extends DomainError {
  readonly code = "CONFLICT";
}

/** The feature is switched off in the installation's configuration. */
export class FeatureDisabled extends DomainError {
  readonly code = "FEATURE_DISABLED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly setting: string) {
    super(`This is switched off for the installation: set ${setting} to true to allow it`);
    this.details = { setting };
  }
}

const RETRY_AFTER_SECONDS = 10;

/** Another system is down; trying again later may help. */
export class Unavailable extends DomainError {
  readonly code = "UNAVAILABLE";
  readonly retryAfterSeconds: number;
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    {
      retryAfterSeconds = RETRY_AFTER_SECONDS,
      ...options
    }: ErrorOptions & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = { retryAfterSeconds };
  }
}

/** The caller's budget is used up; `retryAfterSeconds` says when to try again. */
export class TooManyRequests extends DomainError {
  readonly code = "TOO_MANY_REQUESTS";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly retryAfterSeconds: number) {
    super(`Too many requests; try again in ${retryAfterSeconds} s`);
    this.details = { retryAfterSeconds };
  }
}

/** Too many attempts; `retryAfterSeconds` says when the next one is accepted. */
export class TooManyAttempts extends DomainError {
  readonly code = "TOO_MANY_ATTEMPTS";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly retryAfterSeconds: number,
    message = `Too many failed attempts; try again in ${retryAfterSeconds} s`,
  ) {
    super(message);
    this.details = { retryAfterSeconds };
  }
}

/** A limit of the installation is reached; `setting` is where it is configured. */
export class LimitReached extends DomainError {
  readonly code = "LIMIT_REACHED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(what: string, limit: number, setting: string) {
    super(`${what} (at most ${limit}, set by astronomer.houston.config.limits.${setting})`);
    this.details = { limit, setting: `astronomer.houston.config.limits.${setting}` };
  }
}
