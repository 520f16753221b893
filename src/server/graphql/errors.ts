import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { ArgumentValidationError } from "type-graphql";
import { refusalOf } from "../../infrastructure/outages/classify-outage";
import { DomainError, Unavailable } from "../../kernel/errors";
import type { OutageLog } from "../../infrastructure/outages/outage-log";

const MASKED: GraphQLFormattedError = {
  message: "Something went wrong on our side; the request id tells us where",
  extensions: { code: "INTERNAL_SERVER_ERROR" },
};

/** Codes of GraphQL itself and of Apollo for malformed requests; their messages are meant for clients. */
const CLIENT_CODES = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

/** The message of graphql-js after the hundredth error of a document, when it stops looking for more. */
const VALIDATION_ABORTED = "Too many validation errors, error limit reached. Validation aborted.";
const MORE_ERRORS =
  "The document has more than 100 validation errors, of which these are the first; correct them and send it again";

/** Formats an error for clients: a refusal in full, and of a bug only the request's id. */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { log, outages, requestId }: { log: Logger; outages: OutageLog; requestId: string },
): GraphQLFormattedError {
  const original = refusalOf(unwrapResolverError(error));
  if (original instanceof Unavailable) outages.report(original, requestId);
  if (original instanceof DomainError) {
    return {
      message: original.message,
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: original.code, ...original.details },
    };
  }
  if (original instanceof ArgumentValidationError) {
    const first = original.extensions.validationErrors[0];
    const reason = Object.values(first?.constraints ?? {})[0] ?? "is malformed";
    return {
      message: `${first?.property ?? "input"}: ${reason}`,
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: "BAD_USER_INPUT", argument: first?.property },
    };
  }
  const code = formatted.extensions?.["code"];
  if (original instanceof GraphQLError && (CLIENT_CODES.has(String(code)) || original.originalError == null)) {
    const argument = formatted.extensions?.["argument"];
    const shown = code === "INTERNAL_SERVER_ERROR" ? "BAD_USER_INPUT" : code;
    const message = original.message === VALIDATION_ABORTED ? MORE_ERRORS : withoutValue(formatted.message);
    return { ...formatted, message, extensions: { code: shown, ...(argument !== undefined && { argument }) } };
  }
  log.error({ err: original }, "request failed");
  return {
    ...MASKED,
    ...(formatted.path && { path: formatted.path }),
    extensions: { ...MASKED.extensions, requestId },
  };
}

/** The ends of messages of graphql-js and our scalars, without any part of the value. */
const REASONS = [
  /(?:String|Int|Float|Boolean|ID) cannot represent (?:a )?non[- ](?:string|integer|32-bit signed integer|numeric|boolean) value/,
  /(?:Uuid|Id|DateTime) takes a string$/,
  /DateTime takes an RFC 3339 instant such as [\w:.-]+$/,
  /Field "\w+" of required type "[\w![\]]+" was not provided\.$/,
  /Field "\w+" is not defined by type "\w+"\./,
  /Expected non-nullable type "[\w![\]]+" not to be null\.$/,
  /Expected type "\w+" to be an object\.$/,
  /does not exist in "\w+" enum\./,
];

/**
 * Removes the value from a message about a variable, since it may be a password. The message still names the variable
 * and the field in it.
 */
function withoutValue(message: string): string {
  const variable = /^Variable "(\$\w+)" got invalid value /.exec(message)?.[1];
  if (variable === undefined) return message;
  const reason = REASONS.map((pattern) => pattern.exec(message)?.[0]).find((found) => found !== undefined);
  const path = [...message.matchAll(/ at "([\w.[\]]+)"; /g)].at(-1)?.[1];
  return `Variable "${variable}" got an invalid value${path === undefined ? "" : ` at "${path}"`}${reason === undefined ? "" : `: ${reason}`}`;
}
