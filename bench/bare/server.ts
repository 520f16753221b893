import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool, types } from "pg";
import { parseTimestamptz } from "../../src/infrastructure/postgres/data-source";
import { POOL_SIZE } from "../product";
import type { HistoryPageVariables, RollbackVariables } from "../requests";
import { historyPage } from "./history-page";
import { rollback } from "./rollback";
import { storeUpload } from "./store-upload";

const TIMESTAMPTZ = 1184;

interface Body {
  readonly query: string;
  readonly variables: unknown;
}

/**
 * The smallest server that answers the benchmarks' requests: no framework, no GraphQL, no authentication, and prepared
 * statements on as many connections as the product has. It is what the product is measured against.
 */
const pool = new Pool({
  connectionString: process.argv[2],
  max: POOL_SIZE,
  options: "-c TimeZone=UTC -c DateStyle=ISO",
  types: {
    // As the product does it, so that dates are no handicap; pg would make a Date of each.
    getTypeParser: ((oid: number, format?: "text") =>
      oid === TIMESTAMPTZ ? parseTimestamptz : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
  },
});

// Only when the database goes away, which ends the run.
pool.on("error", () => process.exit(1));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === "/upload") return send(response, await storeUpload(request));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
  const data = query.startsWith("mutation")
    ? await rollback(pool, variables as RollbackVariables)
    : await historyPage(pool, variables as HistoryPageVariables);
  send(response, { data });
}

function send(response: ServerResponse, answered: object): void {
  const body = Buffer.from(`${JSON.stringify(answered)}\n`);
  response
    .writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": body.length })
    .end(body);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    const body = JSON.stringify({ errors: [String(error)] });
    response.writeHead(500, { "content-length": Buffer.byteLength(body) }).end(body);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
process.on("disconnect", () => process.exit());
