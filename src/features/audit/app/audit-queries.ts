import { isId } from "../../../kernel/ids";
import { InvalidInput } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import type { AuditEntry } from "../../../kernel/audit-entry";

/** A line of the audit trail as it stands there. Ids are plain: what they name may be gone. */
export interface AuditLine {
  readonly id: string;
  readonly action: string;
  readonly actorId: string;
  readonly actorType: string;
  readonly actorLabel: string;
  readonly objectType: string;
  readonly objectId: string | null;
  readonly objectLabel: string | null;
  readonly workspaceId: string | null;
  readonly deploymentId: string | null;
  readonly details: NonNullable<AuditEntry["details"]>;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly createdAt: Instant;
}

/** The line with its ids named as the API names them. */
export const inDialect = ({ workspaceId, deploymentId, ...line }: AuditLine) => ({
  ...line,
  workspaceUuid: workspaceId,
  deploymentUuid: deploymentId,
});

/** All conditions have to hold. */
export interface AuditFilter {
  /** The whole action, or its part before a dot: `workspace` matches every action on Workspaces. */
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly objectId?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly createdAfter?: Instant | undefined;
  readonly createdBefore?: Instant | undefined;
}

export interface AuditPage {
  readonly filter: AuditFilter;
  readonly order: "NEWEST_FIRST" | "OLDEST_FIRST";
  readonly limit: number;
  /** The line that the page comes behind. With its time the line itself may be gone by then. */
  readonly after?: { readonly id: string; readonly createdAt?: Instant } | undefined;
}

export interface AuditReadModel {
  page(query: AuditPage): Promise<AuditLine[]>;
}

/** The permission to change roles is also the one to read the audit trail. Only SYSTEM_ADMIN has it by default. */
const READ_AUDIT_TRAIL = "system.iam.update";
const MOST = 100;
/** Lines of an export that are held at a time. */
const EXPORT_PAGE = 500;

/** Reading the audit trail. */
export class AuditQueries {
  constructor(private readonly readModel: AuditReadModel) {}

  /** @throws Forbidden, InvalidInput */
  async page(
    actor: Actor,
    {
      filter,
      first,
      after,
    }: { readonly filter: AuditFilter; readonly first: number; readonly after: string | undefined },
  ): Promise<{ readonly lines: readonly AuditLine[]; readonly hasNextPage: boolean }> {
    requirePermission(actor, READ_AUDIT_TRAIL, SYSTEM_SCOPE);
    if (first < 1) throw new InvalidInput("first", "has to be 1 or more");
    if (after !== undefined && !isId(after)) throw new InvalidInput("after", "is not a cursor that this API gave out");
    const limit = Math.min(first, MOST);
    if (namesNothing(filter)) return { lines: [], hasNextPage: false };
    const found = await this.readModel.page({
      filter,
      order: "NEWEST_FIRST",
      limit: limit + 1,
      after: after === undefined ? undefined : { id: after },
    });
    return { lines: found.slice(0, limit), hasNextPage: found.length > limit };
  }

  /**
   * All lines, oldest first, read page by page as they are taken; with those that are written meanwhile.
   * @param actor who reads, as of now: a slow reader may lose the right to on the way
   * @throws Forbidden, at once, and in place of a page
   */
  async all(actor: () => Promise<Actor>, filter: AuditFilter): Promise<AsyncGenerator<AuditLine, void, undefined>> {
    const check = async (): Promise<void> => requirePermission(await actor(), READ_AUDIT_TRAIL, SYSTEM_SCOPE);
    await check();
    return this.walk(filter, check);
  }

  private async *walk(filter: AuditFilter, check: () => Promise<void>): AsyncGenerator<AuditLine, void, undefined> {
    if (namesNothing(filter)) return;
    let after: AuditLine | undefined;
    for (;;) {
      const page: AuditLine[] = await this.readModel.page({ filter, order: "OLDEST_FIRST", limit: EXPORT_PAGE, after });
      yield* page;
      if (page.length < EXPORT_PAGE) return;
      after = page.at(-1);
      await check();
    }
  }
}

/** Whether no line can match the filter. */
const namesNothing = ({ workspaceId, deploymentId }: AuditFilter): boolean =>
  [workspaceId, deploymentId].some((id) => id !== undefined && !isId(id));
