import type { FastifyInstance } from "fastify";
import { Readable } from "node:stream";
import { InvalidInput } from "../../../kernel/errors";
import { parseInstant, type Instant } from "../../../kernel/instant";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { inDialect, type AuditFilter, type AuditLine, type AuditQueries } from "../app/audit-queries";

export interface AuditExportRoutesOptions {
  readonly endpoint: string;
  readonly authenticate: (header: string | undefined, address: string) => Promise<Actor>;
  readonly queries: AuditQueries;
  readonly unitOfWork: UnitOfWork<{ readonly audit: AuditTrail }>;
}

type Given = Readonly<Record<string, unknown>>;

const PARAMETERS = [
  "action",
  "actorId",
  "objectId",
  "workspaceUuid",
  "deploymentUuid",
  "requestId",
  "createdAfter",
  "createdBefore",
];

/**
 * `GET /v1/audit/export`: the audit trail, oldest first, one JSON object a line (NDJSON), as `auditLines` answers them
 * and with its filter as parameters. It is read from the database as fast as the client takes it; an export that fails
 * on its way is cut off, and so is one whose reader may see the trail no more.
 */
export function auditExportRoutes(
  app: FastifyInstance,
  { endpoint, authenticate, queries, unitOfWork }: AuditExportRoutesOptions,
): void {
  // HEAD would read all of it, and show nothing.
  app.get<{ Querystring: Given }>(`${endpoint}/audit/export`, { exposeHeadRoute: false }, async (request, reply) => {
    const actor = (): Promise<Actor> => authenticate(request.headers.authorization, request.ip);
    const filter = filterOf(request.query);
    const lines = await queries.all(actor, filter);
    const reader = { ...(await actor()), request: { id: request.id, address: request.ip } };
    await unitOfWork.run(({ audit }) =>
      audit.add({
        actor: reader,
        action: "system.export_audit_trail",
        object: { type: "system", id: null, label: null },
        details: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
      }),
    );
    reply.headers({
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
      "content-disposition": 'attachment; filename="audit.ndjson"',
    });
    return reply.send(Readable.from(asText(lines), { objectMode: false }));
  });
}

async function* asText(lines: AsyncIterable<AuditLine>): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) yield `${JSON.stringify(inDialect(line))}\n`;
}

/** @throws InvalidInput, also for a parameter that is none: without it the export would hold too much */
function filterOf(query: Given): AuditFilter {
  const unknown = Object.keys(query).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) throw new InvalidInput(unknown, `is no parameter; there are ${PARAMETERS.join(", ")}`);
  return {
    action: textOf(query, "action"),
    actorId: textOf(query, "actorId"),
    objectId: textOf(query, "objectId"),
    workspaceId: textOf(query, "workspaceUuid"),
    deploymentId: textOf(query, "deploymentUuid"),
    requestId: textOf(query, "requestId"),
    createdAfter: instantOf(query, "createdAfter"),
    createdBefore: instantOf(query, "createdBefore"),
  };
}

function textOf(query: Given, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string" || value.includes("\0")) throw new InvalidInput(name, "has to be given once, as text");
  return value;
}

function instantOf(query: Given, name: string): Instant | undefined {
  const text = textOf(query, name);
  const instant = text === undefined ? undefined : parseInstant(text);
  if (instant === null) throw new InvalidInput(name, "has to be an RFC 3339 instant such as 2024-07-15T09:30:00.000Z");
  return instant;
}
