import type { BundleKey, BundleRecords } from "../../bundles";
import type { Deployment, DeploymentStores, VisibleDeployments } from "../../deployments";
import type { HoldStore } from "../../holds";
import type { InstallationStore } from "../../installation";
import type { Step } from "../../../kernel/paced-steps";
import type { Instant } from "../../../kernel/instant";
import type { HistoryPosition } from "../domain/history-position";
import type { DeployContent, DeployRevision, DeployStatus, DeployTrigger, DeployType } from "../domain/deploy-revision";
import type { PushOutcome, RegistryPush } from "../domain/registry-push";

/** The deploy history inside a transaction. Its writers hold the Deployment's lock. */
export interface RevisionStore {
  /** Those of the Deployment that exist, in no order. */
  findMany(deploymentId: string, ids: readonly string[]): Promise<DeployRevision[]>;
  find(id: string): Promise<DeployRevision | null>;
  /** Whether a revision that rolled out held this image together with these DAGs. */
  haveRunTogether(deploymentId: string, content: DeployContent): Promise<boolean>;
  /** The id of its Deployment; null also for a revision of a Deployment that is not visible. */
  deploymentOf(id: string, among: VisibleDeployments): Promise<string | null>;
  /** Number of the newest DEPLOYED revision before that one. */
  deployedBefore(deploymentId: string, revisionId: string): Promise<number | null>;
  add(revision: DeployRevision): Promise<void>;
  update(id: string, patch: Partial<DeployRevision>): Promise<void>;
}

export interface IdempotencyKeys {
  /** The key's use by that actor, unless it has expired. */
  find(actorId: string, key: string, now: Instant): Promise<{ inputHash: string; revisionId: string } | null>;
  /** @throws Conflict if the key was taken at the same time for another Deployment */
  add(
    use: { actorId: string; key: string; inputHash: string; revisionId: string; expiresAt: Instant },
    now: Instant,
  ): Promise<void>;
}

/** Pushes of which the registry has notified the service. */
export interface PushStore {
  /** False if the same notification was noted before. */
  add(push: RegistryPush): Promise<boolean>;
  /** False if it was dealt with before. */
  close(id: string, outcome: PushOutcome): Promise<boolean>;
}

export interface DeployStores extends DeploymentStores {
  readonly bundles: BundleRecords;
  readonly revisions: RevisionStore;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly pushes: PushStore;
  readonly holds: HoldStore;
  readonly installation: InstallationStore;
}

export interface RevisionFilter {
  readonly createdAfter?: Instant | undefined;
  readonly createdBefore?: Instant | undefined;
  readonly types?: readonly DeployType[] | undefined;
  readonly statuses?: readonly DeployStatus[] | undefined;
  readonly triggers?: readonly DeployTrigger[] | undefined;
  readonly createdById?: string | undefined;
  readonly rollbacksOnly?: boolean | undefined;
  readonly search?: string | undefined;
  /** How the commit begins, in either case. */
  readonly commit?: string | undefined;
  readonly branch?: string | undefined;
}

/** A revision as the API shows it. */
export interface RevisionView extends DeployRevision {
  readonly isCurrent: boolean;
}

/**
 * The properties that a page reads only if they are requested; every page has `id`, `number`, `deploymentId` and
 * `isCurrent`.
 */
export type RevisionProperty = Exclude<keyof DeployRevision, "id" | "number" | "deploymentId">;

/** The state of a Deployment's history: what the rollback rules need beside the target. */
export interface HistoryState {
  readonly deployment: Deployment;
  readonly current: DeployRevision | null;
  readonly head: DeployRevision | null;
  readonly previousDeployedNumber: number | null;
}

export interface RevisionPage {
  /** Null where the Deployment does not exist. */
  readonly deployment: { readonly id: string; readonly workspaceId: string } | null;
  readonly revisions: readonly RevisionView[];
  readonly hasNextPage: boolean;
}

/** Reads outside of transactions. Revisions of deleted Deployments do not exist here. */
export interface RevisionReadModel {
  /**
   * Newest first; `before` leaves out that number and all above it. With `above` it is the oldest above that number
   * instead, newest first all the same, and `hasNextPage` says whether there are newer ones.
   */
  page(query: {
    readonly deploymentId: string;
    readonly filter: RevisionFilter;
    readonly limit: number;
    readonly before?: number | undefined;
    readonly above?: number | undefined;
    readonly offset?: number | undefined;
    /** The properties to read; others are absent and must not be used. All if it is not given. */
    readonly properties?: readonly RevisionProperty[] | undefined;
  }): Promise<RevisionPage>;
  count(deploymentId: string, filter: RevisionFilter): Promise<number>;
  findMany(ids: readonly string[]): Promise<RevisionView[]>;
  /** Null also for a revision of a Deployment that is not visible; one statement, which takes as long for either. */
  findVisible(
    id: string,
    among: VisibleDeployments,
  ): Promise<{ readonly revision: RevisionView; readonly deployment: NonNullable<RevisionPage["deployment"]> } | null>;
  findByNumber(deploymentId: string, number: number): Promise<RevisionView | null>;
  /**
   * Of each Deployment the revisions before what runs, newest first, Deployment by Deployment. If what runs is a
   * rollback, those before the revision whose content it restored: the revisions that it rolled back are left out.
   */
  beforeCurrent(
    deploymentIds: readonly string[],
    query: { readonly statuses?: readonly DeployStatus[]; readonly limit: number },
  ): Promise<RevisionView[]>;
  /**
   * What the Deployment ran at the instant. Null before the first deploy, and where that revision was cleaned up, or may
   * have been.
   */
  runningAt(deploymentId: string, at: Instant): Promise<RevisionView | null>;
  haveRunTogether: RevisionStore["haveRunTogether"];
  historyStates(deploymentIds: readonly string[]): Promise<HistoryState[]>;
  /** DEPLOYED revisions with a number between the two, newest first. */
  deployedBetween(deploymentId: string, lower: number, upper: number, limit: number): Promise<RevisionView[]>;
  /**
   * Up to a hundred revisions whose status has changed since the position, by number; null once the Deployment is gone.
   */
  changedSince(deploymentId: string, position: HistoryPosition): Promise<RevisionView[] | null>;
  /** Ids of Deployments that have a current revision, in order, from behind that one on. */
  deployedDeployments(after: string | null, limit: number): Promise<string[]>;
  /** Unfinished heads older than the instant that have no job. */
  stranded(before: Instant): Promise<{ readonly revisionId: string; readonly deploymentId: string }[]>;
}

/** Changes of status, made by any process. */
export interface RevisionChanges {
  /**
   * Yields changes by number where several are found at once. A revision that changed twice between two polls is
   * yielded once, in its last state. Ends with the signal.
   * @param reader the caller's id: each caller gets a limited share of the followers
   * @throws NotFound once the Deployment is gone
   * @throws Unavailable if too much is followed already
   */
  follow(
    deploymentId: string,
    position: HistoryPosition,
    reader: string,
    signal: AbortSignal,
  ): AsyncGenerator<RevisionView, void, undefined>;
}

/** Pushes that are not dealt with yet, outside of transactions. */
export interface OpenPushes {
  /** The one that was reported first. */
  next(deploymentId: string): Promise<RegistryPush | null>;
  /** Deletes pushes that were reported before the instant, recorded or not. */
  forget(before: Instant): Promise<void>;
}

/** Removal of old revisions, batch by batch. */
export interface RevisionCleanup {
  /** Deletes up to `limit` due revisions from `from` on; `next` is where to go on, null when nothing is left. */
  deleteBatch(query: {
    readonly before: Instant;
    readonly from: Instant | null;
    readonly limit: number;
  }): Promise<Step<Instant>>;
  count(before: Instant): Promise<{ readonly due: number; readonly kept: number }>;
  /** Of the next bundles behind that one, deletes those that no revision names. */
  deleteUnnamedBundles(after: BundleKey | null): Promise<Step<BundleKey>>;
  /** How many would be deleted with the revisions that are due. */
  countUnnamedBundles(before: Instant): Promise<number>;
  deleteExpiredKeys(now: Instant): Promise<number>;
}

export const DEPLOY_TASKS = {
  /** Rolls a revision out. Payload: revisionId. */
  apply: "deploys.apply",
  /** Records what was pushed to the registry. Payload: deploymentId. */
  recordPushes: "deploys.record_pushes",
  cleanup: "deploys.cleanup",
} as const;
