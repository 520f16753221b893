import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";
import { endpoints } from "./endpoints";
import { sessionEnded } from "./session";

const TIMEOUT_MS = 15_000;

export interface Issue {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | null;
}

/** The service refused a request, or did not answer it. The message is meant for a person. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    /** The code of the first error; UNREACHABLE where no answer came. */
    readonly code: string,
    /** All reasons, where a rollback was refused. */
    readonly issues: readonly Issue[] = [],
    readonly requestId: string | null = null,
  ) {
    super(message);
  }
}

interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly issues?: readonly Issue[] };
}

async function post(body: string, signal: AbortSignal | undefined): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(endpoints.graphql, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-retrograde-client": "web" },
      body,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new RequestFailed(
      timeout.aborted
        ? `The service did not answer within ${TIMEOUT_MS / 1000} seconds.`
        : "The service cannot be reached.",
      "UNREACHABLE",
    );
  }
}

/** An operation as the generated files hold it. */
type Document<Result, Variables> = DocumentTypeDecoration<Result, Variables> & { readonly toString: () => string };

/**
 * Sends one operation with the session's cookie.
 *
 * @throws RequestFailed if the service refuses it or does not answer. If the session has ended, the sign-in dialog opens as well.
 */
export async function ask<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Result> {
  const response = await post(JSON.stringify({ query: document.toString(), variables }), signal);
  const requestId = response.headers.get("x-request-id");
  let answer: { data?: Result | null; errors?: readonly GraphqlError[] };
  try {
    answer = (await response.json()) as typeof answer;
  } catch {
    throw new RequestFailed(`The service answered with status ${response.status}.`, "UNREACHABLE", [], requestId);
  }
  const [error] = answer.errors ?? [];
  if (error !== undefined) {
    const code = error.extensions?.code ?? "UNKNOWN";
    if (code === "UNAUTHENTICATED") sessionEnded();
    throw new RequestFailed(error.message, code, error.extensions?.issues ?? [], requestId);
  }
  if (answer.data == null) throw new RequestFailed("The service sent an empty answer.", "UNKNOWN", [], requestId);
  return answer.data;
}
