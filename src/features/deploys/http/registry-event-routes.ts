import type { FastifyInstance } from "fastify";
import { hash, timingSafeEqual } from "node:crypto";
import { DomainError, FeatureDisabled, Unauthenticated } from "../../../kernel/errors";
import { parseJsonBodies } from "../../../infrastructure/http/json-bodies";
import type { TakePushes } from "../app/take-pushes";
import { pushesIn } from "./registry-notification";

/**
 * Version 1 is that of Distribution 2, version 2 that of Distribution 3 and of GitLab's registry; what is read here is
 * the same in both. Source: notifications/event.go of github.com/distribution/distribution.
 */
const NOTIFICATIONS = /^application\/vnd\.docker\.distribution\.events\.v[12]\+json\s*(?:;|$)/i;

/** A webhook of another registry product. */
class NoNotifications extends DomainError {
  readonly code = "UNSUPPORTED_MEDIA_TYPE";

  constructor() {
    super(
      "Only notifications of the Distribution project's registry are taken: send application/vnd.docker.distribution.events.v1+json or …v2+json, or the same as application/json. With another registry deploy by updateDeploymentImage",
    );
  }
}

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
    parseJsonBodies(scope, NOTIFICATIONS);
    scope.addContentTypeParser("*", (_request, _body, done) => done(new NoNotifications()));
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
