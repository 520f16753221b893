import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { inDialect, type AuditFilter, type AuditQueries } from "../app/audit-queries";
import { AuditLineConnection, AuditLineFilter } from "./audit.types";

const FIRST = 50;

@Resolver()
export class AuditResolver {
  constructor(private readonly queries: AuditQueries) {}

  @Query(() => AuditLineConnection, {
    description: "The audit trail, newest first: a line for every accepted change. Requires system.iam.update.",
  })
  async auditLines(
    @Ctx() context: GraphqlContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: FIRST, description: "How many, 100 at most." })
    first: number | null,
    @Arg("after", () => String, { nullable: true, description: "Cursor of the line that the page comes behind." })
    after?: string | null,
    @Arg("filter", () => AuditLineFilter, { nullable: true, description: "Which of them." })
    filter?: AuditLineFilter | null,
  ): Promise<AuditLineConnection> {
    const { lines, hasNextPage } = await this.queries.page(await context.actor(), {
      filter: readFilter(filter ?? {}),
      first: first ?? FIRST,
      after: after || undefined,
    });
    return {
      nodes: lines.map(inDialect),
      pageInfo: {
        hasNextPage,
        hasPreviousPage: Boolean(after),
        startCursor: lines[0]?.id ?? null,
        endCursor: lines.at(-1)?.id ?? null,
      },
    };
  }
}

/** Empty text stands for what is not given, as everywhere in the dialect. */
const readFilter = (filter: AuditLineFilter): AuditFilter => ({
  action: filter.action || undefined,
  actorId: filter.actorId || undefined,
  objectId: filter.objectId || undefined,
  workspaceId: filter.workspaceUuid || undefined,
  deploymentId: filter.deploymentUuid || undefined,
  requestId: filter.requestId || undefined,
  createdAfter: filter.createdAfter ?? undefined,
  createdBefore: filter.createdBefore ?? undefined,
});
