/**
 * What a use case throws so that its transaction rolls back and the caller learns why.
 * Everything else that is thrown is a bug and reaches the client masked.
 */
export abstract class DomainError extends Error {
  /** Stands in `extensions.code` of the GraphQL error. */
  abstract readonly code: string;
  /** Stands beside `code` in `extensions`. */
  readonly details: Readonly<Record<string, unknown>> = {};

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * The sentence by which clients of the 0.35 platform recognise a refused call, character for character;
 * the `astro` CLI answers it with "Your token has expired. Please log in again.".
 */
export const REFUSED_MESSAGE = "You do not have the appropriate permissions for that";

export type MissingCredentials = "MISSING" | "INVALID" | "EXPIRED";

/** No valid credentials. */
export class Unauthenticated extends DomainError {
  readonly code = "UNAUTHENTICATED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly reason: MissingCredentials) {
    super(REFUSED_MESSAGE);
    this.details = { reason };
  }
}

/** The caller may see the object, but lacks the permission. */
export class Forbidden extends DomainError {
  readonly code = "FORBIDDEN";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly permission?: string) {
    super(REFUSED_MESSAGE);
    this.details = permission === undefined ? {} : { permission };
  }
}

/** The object does not exist, or the caller may not see it: the message does not reveal which. */
export class NotFound extends DomainError {
  readonly code = "NOT_FOUND";

  constructor(readonly kind: string) {
    super(`${kind} not found`);
  }
}

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

/** The request was fine when it was made up, but the object has changed since or is taken. */
export class Conflict extends DomainError {
  readonly code = "CONFLICT";
}

/** The installation's configuration has switched this off. */
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

/** More than the budget of one caller; `retryAfterSeconds` says when to try again. */
export class TooManyRequests extends DomainError {
  readonly code = "TOO_MANY_REQUESTS";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly retryAfterSeconds: number) {
    super(`Too many requests; try again in ${retryAfterSeconds} s`);
    this.details = { retryAfterSeconds };
  }
}

/** Too many attempts; `retryAfterSeconds` says when the next one is looked at. */
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

/** There is as much as the installation allows; `setting` is where that is configured. */
export class LimitReached extends DomainError {
  readonly code = "LIMIT_REACHED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(what: string, limit: number, setting: string) {
    super(`${what} (at most ${limit}, set by astronomer.houston.config.limits.${setting})`);
    this.details = { limit, setting: `astronomer.houston.config.limits.${setting}` };
  }
}
