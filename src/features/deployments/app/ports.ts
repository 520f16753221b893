import type { AccessStores, CurrentActors, TeamStores } from "../../access";
import type { LogLineWriter } from "../../logs";
import type { AuditTrail } from "../../../kernel/audit-trail";
import type { Outbox, OutboxJob } from "../../../kernel/outbox";
import type { Instant } from "../../../kernel/instant";
import type { VisibleDeployments } from "../domain/access";
import type { Deployment } from "../domain/deployment";

/** Deployments inside a transaction. Deleted ones do not exist here. */
export interface DeploymentStore {
  /** Holds off every other change of the Deployment until the transaction ends. */
  lock(id: string): Promise<Deployment | null>;
  lockByReleaseName(releaseName: string): Promise<Deployment | null>;
  /** How many the Workspace has; holds off every other creation there until the transaction ends. */
  countInWorkspaceForUpdate(workspaceId: string): Promise<number>;
  /** @throws ReleaseNameTaken, NamespaceTaken */
  add(deployment: Deployment): Promise<void>;
  update(id: string, patch: Partial<Deployment>): Promise<void>;
  /** Hides it at once; `purge` removes it later. */
  softDelete(id: string, at: Instant): Promise<void>;
  /** Like `lock`, for one that was deleted after the instant and is kept. */
  lockDeleted(id: string, deletedAfter: Instant): Promise<Deployment | null>;
  /** Makes a deleted one visible again. */
  restore(id: string, at: Instant): Promise<void>;
  /** With its whole deploy history. */
  delete(id: string): Promise<void>;
}

export interface DeploymentStores {
  readonly deployments: DeploymentStore;
  readonly access: AccessStores;
  readonly actors: CurrentActors;
  readonly teams: TeamStores;
  readonly audit: AuditTrail;
  readonly logs: LogLineWriter;
  readonly outbox: Outbox;
}

/** Reads outside of transactions. Deleted Deployments do not exist here. */
export interface DeploymentReadModel {
  find(id: string): Promise<Deployment | null>;
  findByReleaseName(releaseName: string): Promise<Deployment | null>;
  findMany(ids: readonly string[]): Promise<Deployment[]>;
  /** Those that exist, in no order. */
  findManyByReleaseName(releaseNames: readonly string[]): Promise<Deployment[]>;
  /** Those that some Deployment has, be it a deleted one. */
  takenNamespaces(names: readonly string[]): Promise<string[]>;
  /** Whether a list of these goes on behind it; one that was deleted and is kept has its place there too. */
  hasPlace(id: string, among: VisibleDeployments): Promise<boolean>;
  /** Those that run or are about to, each once, in no order. */
  runtimeVersions(among: VisibleDeployments): Promise<string[]>;
  /** Sorted by label, then id. */
  list(query: DeploymentList): Promise<Deployment[]>;
}

/** A Deployment that was deleted and is kept for a while. */
export interface DeletedDeployment {
  readonly id: string;
  readonly label: string;
  readonly releaseName: string;
  readonly workspaceId: string;
  readonly deletedAt: Instant;
}

/** The read model of those, apart from the rest: they do not exist for anything else. */
export interface DeletedDeployments {
  /** Of a Workspace, those that were deleted after the instant, the last one first. */
  list(workspaceId: string, deletedAfter: Instant, limit: number): Promise<DeletedDeployment[]>;
}

export interface DeploymentList {
  readonly among: VisibleDeployments;
  readonly workspaceId?: string | undefined;
  readonly releaseName?: string | undefined;
  /** A part of the label or of the release name, in either case. */
  readonly namePart?: string | undefined;
  /** The Deployment to go on from, left out itself. */
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  /** Below 0 reads backwards from the cursor, and answers in list order all the same. */
  readonly limit?: number | undefined;
}

/** Tasks of other features that follow a change of a Deployment's settings. */
export const DEPLOYMENT_TASKS = {
  /** Rolls changed settings out. Payload: deploymentId. */
  reconcile: "deployments.reconcile",
  /**
   * Removes the release. Payload: releaseName, namespace, deploymentId; older versions wrote the release name only.
   */
  remove: "deployments.remove",
} as const;

export const reconcileJob = (deploymentId: string): OutboxJob => ({
  task: DEPLOYMENT_TASKS.reconcile,
  payload: { deploymentId },
  queue: deploymentId,
  key: `reconcile:${deploymentId}`,
});
