import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { InvalidInput } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import type { OutageLog } from "../../../infrastructure/outages/outage-log";
import type { GrantAccess } from "../app/grant-access";
import { answerRegistryErrors } from "./registry-errors";

export interface TokenRoutesOptions {
  readonly endpoint: string;
  /** Name of the registry that tokens are for. */
  readonly service: string;
  readonly authenticate: (header: string | undefined, address: string) => Promise<Actor>;
  readonly grant: GrantAccess;
  readonly certificatePem: string;
  readonly log: Logger;
  readonly outages: OutageLog;
}

/**
 * `GET /v1/registry/certificate`: the registry's `rootcertbundle`. It is no secret, so no session is needed.
 * `GET /v1/registry/authorization`: where clients of the registry get their tokens, by the Distribution project's token
 * authentication. The password is a session's token or an API key, with any user name.
 */
export function tokenRoutes(
  app: FastifyInstance,
  { endpoint, service, authenticate, grant, certificatePem, log, outages }: TokenRoutesOptions,
): void {
  app.register(async (scope) => {
    scope.setErrorHandler(answerRegistryErrors(log, outages));
    scope.get(`${endpoint}/registry/certificate`, async (_request, reply) =>
      reply.type("application/x-pem-file").send(certificatePem),
    );
    scope.get<{ Querystring: Record<string, unknown> }>(
      `${endpoint}/registry/authorization`,
      async (request, reply) => {
        const actor = await authenticate(credentialsOf(request.headers.authorization), request.ip);
        const { service: asked, scope: scopes } = request.query;
        if (asked !== undefined && asked !== service) throw new InvalidInput("service", `is not ${service}`);
        const { token, expiresInSeconds, issuedAt } = await grant.execute(actor, listOf(scopes));
        return reply
          .header("cache-control", "no-store")
          .send({ token, expires_in: expiresInSeconds, issued_at: issuedAt });
      },
    );
  });
}

/** The password of Basic authentication; what comes without it is taken as it is. */
function credentialsOf(header: string | undefined): string | undefined {
  const basic = /^basic +(\S+)$/i.exec(header ?? "")?.[1];
  if (basic === undefined) return header;
  const pair = Buffer.from(basic, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
