import { HeaderMap, type ApolloServer } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { explorerRoutes, sendExplorer } from "./explorer/explorer-routes";
import { errorBody } from "./http-errors";
import { RequestContext, type Authenticate } from "./request-context";

export interface GraphqlRoutesOptions {
  readonly endpoint: string;
  readonly apollo: ApolloServer<RequestContext>;
  readonly authenticate: Authenticate;
  readonly log: Logger;
}

/**
 * GraphQL by POST, and the explorer for people who open the endpoint in a browser.
 *
 * Apollo is called here and not through its Fastify integration, which parses the URL and copies all
 * headers for each request although Apollo reads two of them.
 */
export function graphqlRoutes(app: FastifyInstance, { endpoint, apollo, authenticate, log }: GraphqlRoutesOptions): void {
  app.post(endpoint, async (request, reply) => {
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: "POST", headers: headersForApollo(request), search: "", body: request.body },
      context: async () => new RequestContext(request, authenticate, log),
    });
    if (body.kind !== "complete") throw new Error("Apollo answered in parts, which needs directives that the schema lacks");
    for (const [name, value] of headers) reply.header(name, value);
    return reply.code(status ?? 200).send(body.string);
  });

  app.get(endpoint, async (request, reply) =>
    request.headers.accept?.includes("text/html") ? sendExplorer(reply) : refuseMethod(request, reply),
  );
  app.route({ method: ["PUT", "PATCH", "DELETE"], url: endpoint, handler: refuseMethod });
  explorerRoutes(app);
}

function headersForApollo({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  if (headers["content-type"] !== undefined) map.set("content-type", headers["content-type"]);
  if (headers.accept !== undefined) map.set("accept", headers.accept);
  return map;
}

async function refuseMethod(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const message = `GraphQL is answered to POST with Content-Type: application/json, not to ${request.method}`;
  return reply.code(405).header("allow", "POST").send(errorBody(message, "METHOD_NOT_ALLOWED"));
}
