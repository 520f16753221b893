import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { explorerRoutes, sendExplorer } from "../explorer/explorer-routes";
import type { GraphqlServer } from "./graphql-server";
import { errorBody } from "../../infrastructure/http/http-errors";
import { credentialsOf, type PageSessions } from "../http/page-sessions";
import { RequestContext, type Authenticate } from "./request-context";

export interface GraphqlRoutesOptions {
  readonly endpoint: string;
  readonly graphql: GraphqlServer;
  readonly authenticate: Authenticate;
  readonly pageSessions: PageSessions;
  readonly log: Logger;
}

/** GraphQL by POST, and the explorer for people who open the endpoint in a browser. */
export function graphqlRoutes(
  app: FastifyInstance,
  { endpoint, graphql, authenticate, pageSessions, log }: GraphqlRoutesOptions,
): void {
  app.post(endpoint, { config: { deadline: false } }, async (request, reply) => {
    const { "content-type": contentType, accept } = request.headers;
    const authorization = credentialsOf(request, pageSessions);
    const caller = {
      id: request.id,
      ip: request.ip,
      headers: { authorization, "x-request-id": request.headers["x-request-id"] },
    };
    const context = new RequestContext(caller, authenticate, log);
    const { status, headers, body } = await graphql.answer({ body: request.body, contentType, accept }, context);
    for (const [name, value] of headers) reply.header(name, value);
    return reply.code(status).send(body);
  });

  app.get(endpoint, async (request, reply) =>
    isBrowser(request) ? sendExplorer(reply, endpoint) : refuseMethod(request, reply),
  );
  app.route({ method: ["PUT", "PATCH", "DELETE"], url: endpoint, handler: refuseMethod });
  explorerRoutes(app, endpoint);
}

/** For people who enter the address without a path, where there is no web client. */
export function leadToExplorer(app: FastifyInstance, endpoint: string): void {
  app.get("/", async (request, reply) =>
    isBrowser(request) ? reply.header("vary", "accept").redirect(endpoint) : reply.callNotFound(),
  );
}

const isBrowser = ({ headers }: FastifyRequest): boolean => headers.accept?.includes("text/html") ?? false;

async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const message = `GraphQL is answered to POST with Content-Type: application/json, not to ${request.method}`;
  return reply.code(405).header("allow", "POST").send(errorBody(message, "METHOD_NOT_ALLOWED"));
}
