import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "openid-client";
import { DomainError, Unavailable } from "../../../kernel/errors";
import { SignOnRefused } from "../domain/refusals";

/** RFC 6749 §4.1.2.1 and OpenID Connect Core 1.0 §3.1.2.6: errors that the person has caused. */
const DECLINED = new Set([
  "access_denied",
  "login_required",
  "consent_required",
  "interaction_required",
  "account_selection_required",
]);
const DOWN_FOR_NOW = new Set(["temporarily_unavailable", "server_error"]);
/** Codes of the library for answers that are missing or malformed. */
const NO_ANSWER = new Set([
  "OAUTH_TIMEOUT",
  "OAUTH_ABORT",
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
  "OAUTH_RESPONSE_IS_NOT_JSON",
  "OAUTH_PARSE_ERROR",
]);

/** Turns the library's errors into a refusal or an outage; bugs are returned unchanged. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (error instanceof AuthorizationResponseError) {
    if (DOWN_FOR_NOW.has(error.error)) return unavailable(error);
    return new SignOnRefused(DECLINED.has(error.error) ? "DECLINED" : "PROVIDER_REFUSED", { cause: named(error) });
  }
  if (error instanceof ResponseBodyError) {
    // The code was used before, has expired, or was issued to another client.
    return error.status >= 500
      ? unavailable(error)
      : new SignOnRefused(error.error === "invalid_grant" ? "NOT_PROVEN" : "PROVIDER_REFUSED", { cause: named(error) });
  }
  if (error instanceof WWWAuthenticateChallengeError)
    return new SignOnRefused("PROVIDER_REFUSED", { cause: new Error(error.name) });
  if (error instanceof ClientError)
    return NO_ANSWER.has(error.code ?? "") ? unavailable(error) : new SignOnRefused("NOT_PROVEN", { cause: error });
  // What `fetch` throws when the connection fails; the library's own complaints carry a code.
  if (error instanceof TypeError && !("code" in error)) return unavailable(error);
  return error;
}

const unavailable = (cause: Error): Unavailable =>
  new Unavailable("The provider cannot be reached. Try again in a while.", { cause });

/** For the log: the protocol's error code, without the provider's own text. */
const named = (error: AuthorizationResponseError | ResponseBodyError): Error =>
  new Error(`${error.name}: ${error.error.replace(/[^\w.-]/g, "?").slice(0, 100)}`);

/** The token is signed by a key that the provider did not have when its keys were read. */
export const isUnknownKey = (error: unknown): boolean =>
  error instanceof ClientError && error.code === "OAUTH_KEY_SELECTION_FAILED";

/** The issuer that a description names where another was expected. */
export function issuerFoundInstead(error: unknown): string | undefined {
  if (!(error instanceof ClientError)) return undefined;
  const { body } = (error.cause ?? {}) as { body?: { issuer?: unknown } };
  return typeof body?.issuer === "string" ? body.issuer : undefined;
}
