import { authorize, type DeploymentReadModel } from "../../deployments";
import { isId } from "../../../kernel/ids";
import type { Instant } from "../../../kernel/instant";
import type { Actor, ActorType } from "../../../kernel/permissions";
import { cutSpan, fillBuckets, type Activity, type ActivityCounts, type TimeSpan } from "../domain/activity";
import { READ_HISTORY } from "../domain/permissions";
import { checkFilter } from "./history-queries";
import type { RevisionFilter, RevisionView } from "./ports";

export interface DeployActor {
  readonly actorId: string;
  readonly actorType: ActorType;
  /** As the newest of these revisions has it. */
  readonly actorLabel: string;
  readonly count: number;
  readonly lastAt: Instant;
}

/** What a history tells as a whole, and of each revision by the others. Deleted Deployments do not exist here. */
export interface HistoryOverviewModel {
  activity(
    deploymentId: string,
    span: TimeSpan,
    filter: RevisionFilter,
  ): Promise<(ActivityCounts & { readonly bucket: number })[]>;
  /** Who deployed last comes first. */
  actors(deploymentId: string, limit: number): Promise<DeployActor[]>;
  /** Median of the newest ten that rolled out, in whole seconds, by Deployment; none where nothing did. */
  usualSeconds(deploymentIds: readonly string[]): Promise<{ readonly id: string; readonly seconds: number }[]>;
  /** By revision: the DEPLOYED revision before it. */
  previous(ids: readonly string[]): Promise<(RevisionView & { readonly forId: string })[]>;
  /** By revision that ran: the first rollback behind it that went back to one before it. */
  leftBehindBy(ids: readonly string[]): Promise<(RevisionView & { readonly forId: string })[]>;
}

const MAX_ACTORS = 100;

/** A Deployment's history as a whole. */
export class HistoryOverview {
  constructor(
    private readonly deps: {
      readonly model: HistoryOverviewModel;
      readonly deployments: Pick<DeploymentReadModel, "find">;
    },
  ) {}

  /** @throws NotFound, Forbidden, InvalidInput */
  async activity(
    actor: Actor,
    query: {
      readonly deploymentId: string;
      readonly from: Instant;
      readonly to: Instant;
      readonly buckets: number;
      readonly filter: RevisionFilter;
    },
  ): Promise<Activity[]> {
    const deploymentId = await this.visible(actor, query.deploymentId);
    checkFilter(query.filter);
    const span = cutSpan(query.from, query.to, query.buckets);
    return fillBuckets(span, await this.deps.model.activity(deploymentId, span, query.filter));
  }

  /** The hundred that deployed last. @throws NotFound, Forbidden */
  async actors(actor: Actor, id: string): Promise<DeployActor[]> {
    return this.deps.model.actors(await this.visible(actor, id), MAX_ACTORS);
  }

  private async visible(actor: Actor, id: string): Promise<string> {
    return authorize(actor, isId(id) ? await this.deps.deployments.find(id) : null, READ_HISTORY).id;
  }
}
