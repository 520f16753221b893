import { setTimeout as sleep } from "node:timers/promises";
import { version } from "../../../package.json";
import { CliError, EXIT, exitCodeOf } from "./exit-codes";

const PATIENCE_MS = 30_000;
const ATTEMPTS = 4;
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
const TRANSIENT = new Set(["UNAVAILABLE", "REQUEST_TIMEOUT", "TOO_MANY_REQUESTS"]);

export interface Issue {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | null;
}

/** The server has answered with an error. */
export class ApiRefusal extends CliError {
  constructor(
    message: string,
    readonly code: string,
    readonly issues: readonly Issue[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(message, exitCodeOf(code));
  }
}

/** Whether the same request may succeed a moment later. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ApiRefusal
    ? TRANSIENT.has(error.code)
    : error instanceof CliError && error.exitCode === EXIT.unavailable;

/** Returns how long to wait before the request is sent again. */
export const pauseAfter = (error: unknown): number => {
  const seconds = error instanceof ApiRefusal ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? PAUSE_MS : Math.min(seconds * 1_000, MAX_PAUSE_MS);
};

export interface RequestOptions {
  /** For reads, and for changes that the server makes once however often they arrive. */
  readonly retry: boolean;
}

/** A GraphQL server, and who asks it. */
export class Api {
  constructor(
    readonly url: string,
    private readonly token: string | null,
  ) {}

  /** A question, sent again while the server is away for a moment. @throws CliError */
  read<T>(document: string, variables: object): Promise<T> {
    return this.send<T>(document, variables, { retry: true });
  }

  /** @throws CliError with the message of the first error */
  async send<T>(document: string, variables: object, { retry }: RequestOptions): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.sendOnce<T>(document, variables);
      } catch (error) {
        if (!retry || attempt === ATTEMPTS || !isTransient(error)) throw error;
        await sleep(pauseAfter(error));
      }
    }
  }

  private async sendOnce<T>(document: string, variables: object): Promise<T> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": `retrograde/${version}`,
        ...(this.token !== null && { authorization: this.token }),
      },
      body: JSON.stringify({ query: document, variables }),
      // A redirect might lead the token elsewhere.
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error: unknown) => {
      throw new CliError(`${this.url} cannot be reached: ${causeOf(error)}`, EXIT.unavailable, { cause: error });
    });
    const body = await readBody(response);
    if (body === null) throw strangeAnswer(this.url, response);
    const [first] = body.errors ?? [];
    if (first !== undefined) throw refusalOf(first);
    return body.data as T;
  }
}

/** By the GraphQL specification, and with the extensions of this API. */
interface GraphqlError {
  readonly message: string;
  readonly extensions?: {
    readonly code?: string;
    readonly issues?: readonly Issue[];
    readonly retryAfterSeconds?: number;
  };
}

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

async function readBody(response: Response): Promise<Body | null> {
  const text = await response.text().catch(() => "");
  try {
    const body = JSON.parse(text) as unknown;
    return isBody(body) ? body : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBody = (body: unknown): body is Body =>
  isObject(body) && (body["errors"] === undefined ? isObject(body["data"]) : isErrors(body["errors"]));

const isErrors = (errors: unknown): boolean => Array.isArray(errors) && errors.length > 0 && errors.every(isError);

function isError(error: unknown): error is GraphqlError {
  if (!isObject(error) || typeof error["message"] !== "string") return false;
  const extensions = error["extensions"];
  if (extensions === undefined) return true;
  if (!isObject(extensions)) return false;
  const { code, issues, retryAfterSeconds } = extensions;
  return (
    ["string", "undefined"].includes(typeof code) &&
    (issues === undefined || (Array.isArray(issues) && issues.every(isIssue))) &&
    ["number", "undefined"].includes(typeof retryAfterSeconds)
  );
}

const isIssue = (issue: unknown): issue is Issue =>
  isObject(issue) &&
  typeof issue["code"] === "string" &&
  typeof issue["message"] === "string" &&
  (issue["remedy"] == null || typeof issue["remedy"] === "string");

function refusalOf({
  message,
  extensions: { code = "INTERNAL_SERVER_ERROR", issues, retryAfterSeconds } = {},
}: GraphqlError) {
  return new ApiRefusal(message, code, issues, retryAfterSeconds);
}

function strangeAnswer(url: string, { status, headers }: Response): CliError {
  if (status >= 300 && status < 400)
    return new CliError(
      `${url} leads to ${headers.get("location") ?? "another address"}: sign in to that one`,
      EXIT.failure,
    );
  if (status === 429 || status >= 500) return new CliError(`${url} answers HTTP ${status}`, EXIT.unavailable);
  return new CliError(`${url} is not the API of a Retrograde: it answers HTTP ${status}`, EXIT.failure);
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${PATIENCE_MS / 1_000} s`;
  const { cause } = error;
  if (cause instanceof AggregateError) return causeOf(new Error("", { cause: cause.errors[0] }));
  return cause instanceof Error ? cause.message : error.message;
}
