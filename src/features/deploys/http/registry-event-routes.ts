import type { FastifyInstance } from "fastify";
import { hash, timingSafeEqual } from "node:crypto";
import { FeatureDisabled, Unauthenticated } from "../../../kernel/errors";
import type { TakePushes } from "../app/take-pushes";
import { pushesIn } from "./registry-notification";

const MEDIA_TYPE = "application/vnd.docker.distribution.events.v1+json";

export interface RegistryEventRoutesOptions {
  readonly endpoint: string;
  readonly enabled: boolean;
  /** What the registry sends as `Authorization`. */
  readonly authHeader: string | undefined;
  readonly take: TakePushes;
}

/**
 * `POST /v1/registry/events`: the notifications of the Distribution project's registry. Answers 200 as soon as what was
 * pushed is noted, and also where there was nothing to note: to any other answer the registry says it again.
 */
export function registryEventRoutes(
  app: FastifyInstance,
  { endpoint, enabled, authHeader, take }: RegistryEventRoutesOptions,
): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(MEDIA_TYPE, { parseAs: "string" }, scope.getDefaultJsonParser("error", "error"));
    scope.post(
      `${endpoint}/registry/events`,
      {
        config: { body: "OWN_TOKEN" },
        onRequest: async ({ headers }) => {
          if (!enabled) throw new FeatureDisabled("astronomer.houston.config.deployments.exposeDockerWebhookEndpoint");
          const { authorization } = headers;
          if (authorization === undefined) throw new Unauthenticated("MISSING");
          if (authHeader === undefined || !isSameSecret(authorization, authHeader))
            throw new Unauthenticated("INVALID");
        },
      },
      async ({ body }) => {
        const noted = await take.execute(pushesIn(body));
        return { noted };
      },
    );
  });
}

const isSameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
