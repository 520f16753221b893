import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Metrics } from "../../infrastructure/metrics/metrics";

export interface Readiness {
  readonly ready: boolean;
  /** The result of each check by its name: `ok`, or the problem. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface HealthRoutesOptions {
  readonly endpoint: string;
  readonly ready: () => Promise<Readiness>;
  readonly metrics: Metrics;
  readonly version: string;
  readonly log: Logger;
}

/**
 * Liveness and readiness beside the GraphQL endpoint, as on the 0.35 platform, and metrics where scrapers expect them.
 * PUBLIC leaves out what only operators need: metrics, the version and the results of the checks.
 */
export function healthRoutes(
  app: FastifyInstance,
  { endpoint, ready, metrics, version, log }: HealthRoutesOptions,
  audience: "PUBLIC" | "OPERATORS",
): void {
  app.get(`${endpoint}/healthz`, async () => ({ status: "ok" }));

  app.get(`${endpoint}/readyz`, async (_request, reply) => {
    const readiness = await ready().catch((error: unknown): Readiness => {
      log.warn({ err: error }, "readiness check failed");
      return { ready: false, checks: {} };
    });
    reply.code(readiness.ready ? 200 : 503);
    const status = readiness.ready ? "ready" : "not ready";
    return audience === "PUBLIC" ? { status } : { status, version, checks: readiness.checks };
  });
  if (audience === "PUBLIC") return;

  app.get("/metrics", async (_request, reply) => {
    const text = await metrics.text();
    return reply.type(metrics.contentType).send(text);
  });
}
