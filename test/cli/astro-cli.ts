import type { LightMyRequestResponse } from "fastify";
import { cliParts, form } from "../builders/dags";
import type { TestApp } from "../world/app";
import { APP_CONFIG, APP_VERSION } from "./operations";

/** What the CLI prints instead of a result. Its own panics are called so. */
class CliError extends Error {}

const EXPIRED = ["You do not have the appropriate permissions for that", "AUTH_TOKEN_REFRESH_FAILED"];
/** As Go's time.RFC3339 takes it when JSON is decoded. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const NULL_IS_FINE = [
  "updateDeploymentRuntime",
  "deleteWorkspace",
  "deleteDeployment",
  "updateDeploymentImage",
  "cancelRuntimeUpdate",
];

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are as varied as the queries
type Answer = any;

/**
 * Sends what the `astro` CLI sends and takes answers as it does, to the point of falling over those that it falls over.
 */
export class AstroCli {
  token = "";

  constructor(private readonly world: TestApp) {}

  /** A command: what every one begins with, then its own requests. */
  async run<T>(command: () => Promise<T>): Promise<T> {
    await this.call(APP_VERSION, null);
    await this.call(APP_CONFIG, {});
    return command();
  }

  /** One request, decoded: the value of its root field. */
  async call(query: string, variables: object | null): Promise<Answer> {
    const response = await this.post(JSON.stringify({ query, variables }));
    const { statusCode, body } = response;
    if (statusCode < 200 || statusCode >= 400) throw new CliError(`API error (${statusCode}): ${body}`);
    const { data, errors } = JSON.parse(body) as {
      data?: Record<string, Answer> | null;
      errors?: { message: string }[];
    };
    if (errors !== undefined) {
      const [first] = errors;
      if (first === undefined) throw new CliError("panic: index out of range [0] with length 0");
      if (EXPIRED.includes(first.message)) throw new CliError("Your token has expired. Please log in again");
      throw new CliError(first.message);
    }
    const [[root, value] = ["", null]] = Object.entries(data ?? {});
    if (value === null && query.startsWith("mutation") && !NULL_IS_FINE.includes(root) && !/Team/.test(root))
      throw new CliError("panic: nil pointer dereference");
    this.decode(value);
    return value;
  }

  private post(payload: string): Promise<LightMyRequestResponse> {
    const { app, config } = this.world;
    return app.server.app.inject({
      method: "POST",
      url: config.server.endpoint,
      headers: {
        "user-agent": "Go-http-client/1.1",
        "content-type": "application/json",
        accept: "application/json",
        ...(this.token !== "" && { authorization: this.token }),
        "accept-encoding": "gzip",
      },
      payload,
    });
  }

  /** Go reads every instant strictly; null stands for no value, and the empty string for none at all. */
  private decode(value: Answer): void {
    if (Array.isArray(value)) return value.forEach((one) => this.decode(one));
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (
        ["createdAt", "updatedAt"].includes(key) &&
        inner !== null &&
        !(typeof inner === "string" && RFC_3339.test(inner))
      ) {
        throw new CliError(`parsing time ${JSON.stringify(inner)} as RFC 3339: cannot parse`);
      }
      this.decode(inner);
    }
  }

  /** Posts DAGs as the CLI's second half of a deploy does; throws what it prints where it gives up. */
  async upload(url: string, archive: Buffer, description: string): Promise<void> {
    const { headers, payload } = form(cliParts(archive, description || undefined));
    const { statusCode, body } = await this.world.app.server.app.inject({
      method: "POST",
      url: new URL(url).pathname,
      headers: { ...headers, authorization: this.token, "accept-encoding": "gzip", "user-agent": "Go-http-client/1.1" },
      payload,
    });
    if (statusCode === 200) return;
    throw new CliError(`file upload failed. Status code: ${statusCode} and Message: ${body}`);
  }
}
