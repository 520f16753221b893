import type { FileComparison } from "../../bundles";
import { authorize, visibleDeployments } from "../../deployments";
import { CallerQueue } from "./caller-queue";
import { isId, isSameId } from "../../../kernel/ids";
import { decodeCursor } from "../domain/cursor";
import { InvalidInput, NotFound, notFoundAs } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { READ_HISTORY } from "../domain/permissions";
import type { RevisionBundles } from "./revision-bundles";
import type { RevisionFilter, RevisionPage, RevisionProperty, RevisionReadModel, RevisionView } from "./ports";

/** Of one caller, in this process: each unpacks two archives. A request cannot ask for more than nine by its cost. */
const COMPARISONS = { maxRunning: 2, maxWaiting: 8 };
const MAX_TEXTS = [
  ["search", 200],
  ["commit", 100],
  ["branch", 255],
] as const;

/** @throws InvalidInput for a text that is too long */
export function checkFilter(filter: RevisionFilter): void {
  for (const [name, max] of MAX_TEXTS) {
    if ((filter[name]?.length ?? 0) > max) throw new InvalidInput(`filter.${name}`, `has at most ${max} characters`);
  }
}

/** Reading the deploy history. */
export class HistoryQueries {
  private readonly comparisons = new CallerQueue(COMPARISONS);

  constructor(
    private readonly deps: {
      readonly readModel: RevisionReadModel;
      readonly bundles: RevisionBundles;
      /** The most revisions in one page. */
      readonly maxTake: number;
    },
  ) {}

  /** Newest first. @throws NotFound, Forbidden, InvalidInput */
  async page(
    actor: Actor,
    query: {
      readonly deploymentId: string;
      readonly first: number;
      readonly after?: string | undefined;
      /** In place of `first`: so many from the end, or, with `before`, directly before that cursor. */
      readonly last?: number | undefined;
      readonly before?: string | undefined;
      readonly filter: RevisionFilter;
      readonly properties?: readonly RevisionProperty[] | undefined;
    },
  ): Promise<RevisionPage> {
    if (query.last !== undefined || query.before !== undefined) {
      if (query.last === undefined) throw new InvalidInput("before", "can only be given together with last");
      if (query.after !== undefined) throw new InvalidInput("after", "cannot be given together with last");
      return this.load(actor, query.deploymentId, query.filter, {
        limit: this.limit("last", query.last),
        above: query.before === undefined ? 0 : decodeCursor(query.before, "before").number,
        properties: query.properties,
      });
    }
    const before = query.after === undefined ? undefined : decodeCursor(query.after, "after").number;
    return this.load(actor, query.deploymentId, query.filter, {
      limit: this.limit("first", query.first),
      before,
      properties: query.properties,
    });
  }

  /** A page as in the other paginated queries: after a revision, or a number of pages further on. */
  async numberedPage(
    actor: Actor,
    query: {
      readonly deploymentId: string;
      readonly take: number;
      readonly pageNumber: number;
      readonly cursor?: string | undefined;
      readonly filter: RevisionFilter;
      readonly properties?: readonly RevisionProperty[] | undefined;
    },
  ): Promise<RevisionPage> {
    const limit = this.limit("take", query.take);
    if (query.pageNumber < 0) throw new InvalidInput("pageNumber", "counts from 0");
    const behind =
      query.cursor === undefined ? undefined : await this.cursorRevision(actor, query.deploymentId, query.cursor);
    return this.load(actor, query.deploymentId, query.filter, {
      limit,
      before: behind?.number,
      offset: query.pageNumber * limit,
      properties: query.properties,
    });
  }

  count(deploymentId: string, filter: RevisionFilter): Promise<number> {
    return this.deps.readModel.count(deploymentId, filter);
  }

  /** @throws NotFound, Forbidden */
  async find(actor: Actor, id: string): Promise<RevisionView> {
    const found = isId(id) ? await this.deps.readModel.findVisible(id, visibleDeployments(actor)) : null;
    if (found === null) throw new NotFound("Deploy revision");
    try {
      authorize(actor, found.deployment, READ_HISTORY);
    } catch (error) {
      notFoundAs("Deploy revision")(error);
    }
    return found.revision;
  }

  /** What a Deployment ran at the instant; null as `runningAt` has it. @throws NotFound, Forbidden */
  async at(actor: Actor, deploymentId: string, at: Instant): Promise<RevisionView | null> {
    const [state] = isId(deploymentId) ? await this.deps.readModel.historyStates([deploymentId]) : [];
    const deployment = authorize(actor, state?.deployment ?? null, READ_HISTORY);
    return this.deps.readModel.runningAt(deployment.id, at);
  }

  /**
   * One DAG file of two revisions; null where neither has it. @throws NotFound, Forbidden; InvalidInput if they belong
   * to different Deployments; TooManyRequests
   */
  async dagFile(
    actor: Actor,
    { fromId, toId, path }: { readonly fromId: string; readonly toId: string; readonly path: string },
  ): Promise<FileComparison | null> {
    const [from, to] = [await this.find(actor, fromId), await this.find(actor, toId)];
    if (from.deploymentId !== to.deploymentId)
      throw new InvalidInput("toDeployRevisionId", "is a revision of another Deployment");
    return this.comparisons.run(actor.id, () => this.deps.bundles.compareFile(from, to, path));
  }

  private async load(
    actor: Actor,
    deploymentId: string,
    filter: RevisionFilter,
    range: {
      readonly limit: number;
      readonly before?: number | undefined;
      readonly above?: number | undefined;
      readonly offset?: number;
      readonly properties?: readonly RevisionProperty[] | undefined;
    },
  ): Promise<RevisionPage> {
    checkFilter(filter);
    if (!isId(deploymentId)) throw new NotFound("Deployment");
    const page = await this.deps.readModel.page({ deploymentId, filter, ...range });
    authorize(actor, page.deployment, READ_HISTORY);
    return page;
  }

  private async cursorRevision(actor: Actor, deploymentId: string, id: string): Promise<RevisionView> {
    const [revision] = isId(id) ? await this.deps.readModel.findMany([id]) : [];
    if (revision !== undefined && isSameId(revision.deploymentId, deploymentId)) return revision;
    // First the permission: its error must not reveal which cursors exist.
    await this.load(actor, deploymentId, {}, { limit: 1 });
    throw new InvalidInput("cursor", "is not a revision of this Deployment");
  }

  private limit(argument: "first" | "last" | "take", asked: number): number {
    if (asked < 1) throw new InvalidInput(argument, "has to be 1 or more");
    return Math.min(asked, this.deps.maxTake);
  }
}
