// Written by codegen.mjs from schema.graphql and operations/: do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What kind of account acted. */
export type ActorType =
  /** A program, by its key. */
  | 'SERVICE_ACCOUNT'
  /** The platform itself. */
  | 'SYSTEM'
  /** A person. */
  | 'USER';

/** How DAG files reach a Deployment. */
export type DagDeploymentType =
  /** Uploaded by themselves, beside an image without DAGs. */
  | 'dag_deploy'
  /** Pulled from a git branch; such Deployments have no rollback. */
  | 'git_sync'
  /** Inside the image. */
  | 'image'
  /** From an NFS volume; such Deployments have no rollback. */
  | 'volume';

/** What happened to a file between two DAG bundles. */
export type DagFileChange =
  /** Only the second has it. */
  | 'ADDED'
  /** Both have it, and it differs. */
  | 'CHANGED'
  /** Only the first has it. */
  | 'REMOVED'
  /** It is the same in both. */
  | 'UNCHANGED';

/** Which way the schema of Airflow's metadata database goes. */
export type DatabaseMigrationDirection =
  /** To an older one. */
  | 'DOWNGRADE'
  /** It stays. */
  | 'NONE'
  /** To a newer one. */
  | 'UPGRADE';

/** Which revisions of the history to answer; all conditions have to hold. */
export type DeployRevisionFilter = {
  /** The branch of its source. */
  readonly branch?: string | null | undefined;
  /** How the commit of its source begins, in either case. */
  readonly commit?: string | null | undefined;
  /** Only later ones. */
  readonly createdAfter?: string | null | undefined;
  /** Only earlier ones. */
  readonly createdBefore?: string | null | undefined;
  /** Only by this user or service account. */
  readonly createdById?: string | number | null | undefined;
  /** Only rollbacks. */
  readonly rollbacksOnly?: boolean | null | undefined;
  /** Part of the description, the image tag or the DAG bundle's version, in either case. */
  readonly search?: string | null | undefined;
  /** Only in these statuses. */
  readonly statuses?: ReadonlyArray<DeployStatus> | null | undefined;
  /** Only by these triggers. */
  readonly triggers?: ReadonlyArray<DeployTrigger> | null | undefined;
  /** Only of these types. */
  readonly types?: ReadonlyArray<DeployType> | null | undefined;
};

/** Where a deploy stands. All but INITIALIZED are final. */
export type DeployStatus =
  /** Rolled out. */
  | 'DEPLOYED'
  /** Could not be rolled out, or was pushed and refused; what ran before still runs. */
  | 'FAILED'
  /** Recorded, and not rolled out yet. */
  | 'INITIALIZED'
  /** A later deploy or rollback took its place before it was finished, or it was cancelled. */
  | 'SUPERSEDED';

/** How a deploy reached the platform. */
export type DeployTrigger =
  /** By an upload of DAGs. */
  | 'DAG_UPLOAD'
  /** Through updateDeploymentImage. */
  | 'IMAGE_ENDPOINT'
  /** By a push to the built-in registry. */
  | 'REGISTRY_PUSH'
  /** Through rollbackDeploy. */
  | 'ROLLBACK'
  /** Through upsertDeployment. */
  | 'UPSERT';

/** What one deploy changed. */
export type DeployType =
  /** The DAG bundle; the image stayed. */
  | 'DAG_ONLY'
  /** The image and the DAGs, which are in the image or came with it. */
  | 'IMAGE_AND_DAG'
  /** The image; uploaded DAGs stayed. */
  | 'IMAGE_ONLY';

/** Why a rollback is not allowed, or what to mind about it. */
export type RollbackIssueCode =
  /** Blocks: the target's DAG bundle is no longer stored. */
  | 'DAG_BUNDLE_MISSING'
  /** Blocks: the Deployment's DAGs come from git or a volume. */
  | 'DAG_DEPLOYMENT_TYPE_UNSUPPORTED'
  /** Blocks: DAG-only deploys are off for the installation. */
  | 'DAG_ONLY_DEPLOYMENT_DISABLED'
  /** Warns: the metadata database is downgraded, and loses data for good. */
  | 'DATABASE_DOWNGRADE'
  /** Warns: the target's Runtime is no longer maintained. */
  | 'DEPRECATED_RUNTIME'
  /** Blocks: the registry no longer holds the target's image. */
  | 'IMAGE_MISSING'
  /** Warns: nobody has checked that the registry still holds the image. */
  | 'IMAGE_UNVERIFIED'
  /** Warns: the target's digest is not known, and its tag may have been moved. */
  | 'MUTABLE_IMAGE_TAG'
  /** Warns: the image has never run with the DAGs that it is combined with. */
  | 'NEVER_RAN_TOGETHER'
  /** Warns: the target has no image of its own, so that the plain one of its version runs. */
  | 'NO_IMAGE'
  /** Blocks: no revision is named, and there is no last known good one. */
  | 'NO_TARGET'
  /** Blocks: image and DAGs are one, so neither can be restored alone. */
  | 'PARTS_INSEPARABLE'
  /** Blocks: the caller may not push images. */
  | 'PERMISSION_DENIED'
  /** Warns: the target's Runtime is restricted. */
  | 'RESTRICTED_RUNTIME'
  /** Blocks: the Deployment's own switch is off. */
  | 'ROLLBACK_DISABLED_FOR_DEPLOYMENT'
  /** Blocks: rollbacks are off for the installation. */
  | 'ROLLBACK_DISABLED_FOR_INSTALLATION'
  /** Blocks: what runs is older than Runtime 5.0.0 (Airflow 2.3.0). */
  | 'RUNTIME_TOO_OLD'
  /** Warns: more than the last deploy is left behind. */
  | 'SKIPS_DEPLOYS'
  /** Blocks: the target's DAGs came from git or a volume. */
  | 'TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED'
  /** Blocks: the target is older than rollbacks reach. */
  | 'TARGET_EXPIRED'
  /** Blocks: the target's content runs already, or is just being rolled out. */
  | 'TARGET_IS_CURRENT'
  /** Blocks: the target was never rolled out. */
  | 'TARGET_NOT_DEPLOYED'
  /** Blocks: the target's image or DAGs are quarantined. */
  | 'TARGET_QUARANTINED'
  /** Blocks: the target is older than Runtime 5.0.0 (Airflow 2.3.0), or on the other side of Airflow 3. */
  | 'TARGET_RUNTIME_TOO_OLD'
  /** Warns: the catalogue does not know the target's version. */
  | 'UNKNOWN_RELEASE'
  /** Blocks: updateDeploymentImage is off for the installation. */
  | 'UPDATE_IMAGE_ENDPOINT_DISABLED';

/** Where a step of a rollout stands. All but RUNNING are final. */
export type RolloutStepStatus =
  /** The attempt was called off: a newer revision took over, the deploy was cancelled, or the process stops. */
  | 'ABORTED'
  /** It ended with an error, and so did the attempt. */
  | 'FAILED'
  /** It has begun. */
  | 'RUNNING'
  /** It is done. */
  | 'SUCCEEDED';

export type DeploymentsQueryVariables = Exact<{
  name?: string | null | undefined;
  cursor?: string | null | undefined;
  take: number;
}>;


export type DeploymentsQuery = { readonly paginatedDeployments: ReadonlyArray<{ readonly id: string, readonly label: string | null, readonly releaseName: string | null, readonly status: string | null, readonly rollbackEnabled: boolean, readonly workspace: { readonly id: string, readonly label: string | null } | null, readonly currentRevision: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } | null, readonly deployRevisions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null }> } }> | null };

export type DeploymentHeadQueryVariables = Exact<{
  releaseName: string;
}>;


export type DeploymentHeadQuery = { readonly deployment: { readonly id: string, readonly label: string | null, readonly releaseName: string | null, readonly description: string | null, readonly status: string | null, readonly rollbackEnabled: boolean, readonly permissions: ReadonlyArray<string>, readonly config: unknown, readonly createdAt: string | null, readonly rollbackSwitch: { readonly changeable: boolean, readonly blockers: ReadonlyArray<{ readonly code: RollbackIssueCode, readonly message: string }> }, readonly lastKnownGood: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly rollback: { readonly allowed: boolean, readonly blockers: ReadonlyArray<{ readonly code: RollbackIssueCode, readonly message: string, readonly remedy: string | null }> }, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } | null, readonly workspace: { readonly id: string, readonly label: string | null } | null, readonly dagDeployment: { readonly type: DagDeploymentType | null, readonly repositoryUrl: string | null, readonly branchName: string | null, readonly dagDirectoryLocation: string | null, readonly rev: string | null, readonly nfsLocation: string | null } | null, readonly urls: ReadonlyArray<{ readonly type: string | null, readonly url: string | null }> | null, readonly currentRevision: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } | null, readonly deployRevisions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null }> } } | null };

export type DeploymentVariablesQueryVariables = Exact<{
  deploymentUuid: string;
}>;


export type DeploymentVariablesQuery = { readonly deploymentVariables: ReadonlyArray<{ readonly key: string | null, readonly isSecret: boolean | null }> | null };

export type SetRollbackMutationVariables = Exact<{
  deploymentUuid: string;
  enabled: boolean;
}>;


export type SetRollbackMutation = { readonly updateDeploymentRollback: { readonly id: string, readonly rollbackEnabled: boolean } };

export type HoldsQueryVariables = Exact<{
  deploymentUuid: string;
}>;


export type HoldsQuery = { readonly deployment: { readonly id: string, readonly quarantines: ReadonlyArray<{ readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } }> } | null };

export type RollbackConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type RollbackConfigQuery = { readonly appConfig: { readonly deployRollback: { readonly retentionDays: number } } | null };

export type HistoryQueryVariables = Exact<{
  deploymentUuid: string;
  first: number;
  after?: string | null | undefined;
  filter?: DeployRevisionFilter | null | undefined;
}>;


export type HistoryQuery = { readonly deployRevisions: { readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean }, readonly nodes: ReadonlyArray<{ readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly rollback: { readonly allowed: boolean, readonly blockers: ReadonlyArray<{ readonly code: RollbackIssueCode, readonly message: string, readonly remedy: string | null }> }, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null }> } };

export type HistoryCountQueryVariables = Exact<{
  deploymentUuid: string;
  filter?: DeployRevisionFilter | null | undefined;
}>;


export type HistoryCountQuery = { readonly deployRevisions: { readonly totalCount: number } };

export type PinRevisionMutationVariables = Exact<{
  deployRevisionId: string;
  pinned: boolean;
}>;


export type PinRevisionMutation = { readonly pinDeployRevision: { readonly id: string, readonly pinned: boolean } };

export type CancelDeployMutationVariables = Exact<{
  deployRevisionId: string;
  description: string;
}>;


export type CancelDeployMutation = { readonly cancelDeploy: { readonly id: string } };

export type HoldRevisionMutationVariables = Exact<{
  deployRevisionId: string;
  reason: string;
}>;


export type HoldRevisionMutation = { readonly quarantineDeployRevision: { readonly id: string } };

export type LiftHoldMutationVariables = Exact<{
  quarantineId: string;
}>;


export type LiftHoldMutation = { readonly liftQuarantine: { readonly id: string } };

export type RevisionChangedSubscriptionVariables = Exact<{
  deploymentUuid: string;
}>;


export type RevisionChangedSubscription = { readonly deployRevisionChanged: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } };

export type ActivityQueryVariables = Exact<{
  deploymentUuid: string;
  after?: string | null | undefined;
  filter?: DeployRevisionFilter | null | undefined;
}>;


export type ActivityQuery = { readonly deployRevisions: { readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean }, readonly nodes: ReadonlyArray<{ readonly createdAt: string, readonly status: DeployStatus, readonly isRollback: boolean }> } };

export type LogsQueryVariables = Exact<{
  deploymentUuid: string;
  component?: string | null | undefined;
  search?: string | null | undefined;
  timestamp?: string | null | undefined;
}>;


export type LogsQuery = { readonly logs: ReadonlyArray<{ readonly id: string, readonly message: string | null, readonly timestamp: string | null }> | null };

export type LogLinesSubscriptionVariables = Exact<{
  deploymentUuid: string;
  component?: string | null | undefined;
  search?: string | null | undefined;
  timestamp?: string | null | undefined;
}>;


export type LogLinesSubscription = { readonly log: { readonly id: string, readonly message: string | null, readonly timestamp: string | null } | null };

export type HoldFragment = { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } };

export type LineFragment = { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null };

export type RevisionDetailsQueryVariables = Exact<{
  id: string;
}>;


export type RevisionDetailsQuery = { readonly deployRevision: { readonly imageDigest: string | null, readonly rolledBackId: string | null, readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly dagBundle: { readonly version: string, readonly fileCount: number, readonly sizeBytes: number, readonly sha256: string } | null, readonly steps: ReadonlyArray<{ readonly position: number, readonly name: string, readonly status: RolloutStepStatus, readonly startedAt: string, readonly finishedAt: string | null, readonly message: string | null }>, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } | null };

export type PlanQueryVariables = Exact<{
  deploymentUuid: string;
  deployRevisionId?: string | null | undefined;
  deployRevisionNumber?: number | null | undefined;
}>;


export type PlanQuery = { readonly rollbackPlan: { readonly allowed: boolean, readonly unchanged: ReadonlyArray<string>, readonly blockers: ReadonlyArray<{ readonly code: RollbackIssueCode, readonly message: string, readonly remedy: string | null }>, readonly warnings: ReadonlyArray<{ readonly code: RollbackIssueCode, readonly message: string, readonly remedy: string | null }>, readonly changes: ReadonlyArray<{ readonly field: string, readonly from: string | null, readonly to: string | null, readonly changed: boolean }>, readonly dags: { readonly added: ReadonlyArray<string>, readonly removed: ReadonlyArray<string>, readonly changed: ReadonlyArray<string>, readonly unchangedCount: number } | null, readonly database: { readonly direction: DatabaseMigrationDirection, readonly losesData: boolean }, readonly from: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null }, readonly to: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null }, readonly skipped: ReadonlyArray<{ readonly id: string, readonly number: number, readonly description: string | null, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } }> } };

export type FileDiffQueryVariables = Exact<{
  from: string;
  to: string;
  path: string;
}>;


export type FileDiffQuery = { readonly dagFileDiff: { readonly change: DagFileChange, readonly binary: boolean, readonly fromSizeBytes: number | null, readonly toSizeBytes: number | null, readonly patch: string | null } | null };

export type RollBackMutationVariables = Exact<{
  deploymentUuid: string;
  deployRevisionId: string;
  description: string;
  acknowledgeDataLoss: boolean;
  expectedCurrentRevisionId: string;
  idempotencyKey: string;
  quarantine: boolean;
}>;


export type RollBackMutation = { readonly rollbackDeploy: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } };

export type UndoRollbackMutationVariables = Exact<{
  deployRevisionId: string;
  description: string;
  acknowledgeDataLoss: boolean;
}>;


export type UndoRollbackMutation = { readonly undoRollback: { readonly id: string, readonly number: number, readonly status: DeployStatus, readonly statusReason: string | null, readonly isCurrent: boolean, readonly isRollback: boolean, readonly description: string | null, readonly image: string | null, readonly imageTag: string | null, readonly runtimeVersion: string | null, readonly airflowVersion: string | null, readonly dagDeploymentType: DagDeploymentType, readonly dagTarballVersion: string | null, readonly type: DeployType, readonly trigger: DeployTrigger, readonly createdAt: string, readonly finishedAt: string | null, readonly updatedAt: string, readonly pinned: boolean, readonly rollbackFromId: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType }, readonly source: { readonly commit: string | null, readonly branch: string | null, readonly url: string | null, readonly author: string | null } | null, readonly quarantine: { readonly id: string, readonly reason: string, readonly createdAt: string, readonly deployRevisionId: string, readonly image: string | null, readonly dagBundleSha256: string | null, readonly createdBy: { readonly id: string, readonly label: string, readonly type: ActorType } } | null, readonly rollbackFrom: { readonly id: string, readonly number: number } | null } };

export type AuthConfigQueryVariables = Exact<{
  redirect?: string | null | undefined;
}>;


export type AuthConfigQuery = { readonly authConfig: { readonly localEnabled: boolean | null, readonly initialSignup: boolean | null, readonly publicSignup: boolean | null, readonly providers: ReadonlyArray<{ readonly name: string | null, readonly displayName: string | null, readonly url: string | null }> | null } | null };

export type SelfQueryVariables = Exact<{ [key: string]: never; }>;


export type SelfQuery = { readonly self: { readonly permissions: ReadonlyArray<string>, readonly user: { readonly id: string, readonly username: string | null, readonly fullName: string | null } | null } | null };

export type CreateFirstUserMutationVariables = Exact<{
  email: string;
  password: string;
  inviteToken: string;
}>;


export type CreateFirstUserMutation = { readonly createUser: { readonly user: { readonly id: string } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const HoldFragmentDoc = new TypedDocumentString(`
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
    `, {"fragmentName":"Hold"}) as unknown as TypedDocumentString<HoldFragment, unknown>;
export const LineFragmentDoc = new TypedDocumentString(`
    fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}`, {"fragmentName":"Line"}) as unknown as TypedDocumentString<LineFragment, unknown>;
export const DeploymentsDocument = new TypedDocumentString(`
    query Deployments($name: String, $cursor: Uuid, $take: Int!) {
  paginatedDeployments(name: $name, cursor: $cursor, take: $take) {
    id
    label
    releaseName
    status
    rollbackEnabled
    workspace {
      id
      label
    }
    currentRevision {
      ...Line
    }
    deployRevisions(first: 1) {
      nodes {
        ...Line
      }
    }
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<DeploymentsQuery, DeploymentsQueryVariables>;
export const DeploymentHeadDocument = new TypedDocumentString(`
    query DeploymentHead($releaseName: String!) {
  deployment(where: {releaseName: $releaseName}) {
    id
    label
    releaseName
    description
    status
    rollbackEnabled
    permissions
    rollbackSwitch {
      changeable
      blockers {
        code
        message
      }
    }
    lastKnownGood {
      ...Line
      rollback {
        allowed
        blockers {
          code
          message
          remedy
        }
      }
    }
    config
    createdAt
    workspace {
      id
      label
    }
    dagDeployment {
      type
      repositoryUrl
      branchName
      dagDirectoryLocation
      rev
      nfsLocation
    }
    urls {
      type
      url
    }
    currentRevision {
      ...Line
    }
    deployRevisions(first: 1) {
      nodes {
        ...Line
      }
    }
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<DeploymentHeadQuery, DeploymentHeadQueryVariables>;
export const DeploymentVariablesDocument = new TypedDocumentString(`
    query DeploymentVariables($deploymentUuid: Uuid!) {
  deploymentVariables(deploymentUuid: $deploymentUuid) {
    key
    isSecret
  }
}
    `) as unknown as TypedDocumentString<DeploymentVariablesQuery, DeploymentVariablesQueryVariables>;
export const SetRollbackDocument = new TypedDocumentString(`
    mutation SetRollback($deploymentUuid: Uuid!, $enabled: Boolean!) {
  updateDeploymentRollback(deploymentUuid: $deploymentUuid, enabled: $enabled) {
    id
    rollbackEnabled
  }
}
    `) as unknown as TypedDocumentString<SetRollbackMutation, SetRollbackMutationVariables>;
export const HoldsDocument = new TypedDocumentString(`
    query Holds($deploymentUuid: String!) {
  deployment(where: {id: $deploymentUuid}) {
    id
    quarantines {
      ...Hold
    }
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}`) as unknown as TypedDocumentString<HoldsQuery, HoldsQueryVariables>;
export const RollbackConfigDocument = new TypedDocumentString(`
    query RollbackConfig {
  appConfig {
    deployRollback {
      retentionDays
    }
  }
}
    `) as unknown as TypedDocumentString<RollbackConfigQuery, RollbackConfigQueryVariables>;
export const HistoryDocument = new TypedDocumentString(`
    query History($deploymentUuid: Uuid!, $first: Int!, $after: String, $filter: DeployRevisionFilter) {
  deployRevisions(
    deploymentUuid: $deploymentUuid
    first: $first
    after: $after
    filter: $filter
  ) {
    pageInfo {
      endCursor
      hasNextPage
    }
    nodes {
      ...Line
      rollback {
        allowed
        blockers {
          code
          message
          remedy
        }
      }
    }
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<HistoryQuery, HistoryQueryVariables>;
export const HistoryCountDocument = new TypedDocumentString(`
    query HistoryCount($deploymentUuid: Uuid!, $filter: DeployRevisionFilter) {
  deployRevisions(deploymentUuid: $deploymentUuid, first: 1, filter: $filter) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<HistoryCountQuery, HistoryCountQueryVariables>;
export const PinRevisionDocument = new TypedDocumentString(`
    mutation PinRevision($deployRevisionId: Uuid!, $pinned: Boolean!) {
  pinDeployRevision(deployRevisionId: $deployRevisionId, pinned: $pinned) {
    id
    pinned
  }
}
    `) as unknown as TypedDocumentString<PinRevisionMutation, PinRevisionMutationVariables>;
export const CancelDeployDocument = new TypedDocumentString(`
    mutation CancelDeploy($deployRevisionId: Uuid!, $description: String!) {
  cancelDeploy(deployRevisionId: $deployRevisionId, description: $description) {
    id
  }
}
    `) as unknown as TypedDocumentString<CancelDeployMutation, CancelDeployMutationVariables>;
export const HoldRevisionDocument = new TypedDocumentString(`
    mutation HoldRevision($deployRevisionId: Uuid!, $reason: String!) {
  quarantineDeployRevision(deployRevisionId: $deployRevisionId, reason: $reason) {
    id
  }
}
    `) as unknown as TypedDocumentString<HoldRevisionMutation, HoldRevisionMutationVariables>;
export const LiftHoldDocument = new TypedDocumentString(`
    mutation LiftHold($quarantineId: Uuid!) {
  liftQuarantine(quarantineId: $quarantineId) {
    id
  }
}
    `) as unknown as TypedDocumentString<LiftHoldMutation, LiftHoldMutationVariables>;
export const RevisionChangedDocument = new TypedDocumentString(`
    subscription RevisionChanged($deploymentUuid: Uuid!) {
  deployRevisionChanged(deploymentUuid: $deploymentUuid) {
    ...Line
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<RevisionChangedSubscription, RevisionChangedSubscriptionVariables>;
export const ActivityDocument = new TypedDocumentString(`
    query Activity($deploymentUuid: Uuid!, $after: String, $filter: DeployRevisionFilter) {
  deployRevisions(
    deploymentUuid: $deploymentUuid
    first: 100
    after: $after
    filter: $filter
  ) {
    pageInfo {
      endCursor
      hasNextPage
    }
    nodes {
      createdAt
      status
      isRollback
    }
  }
}
    `) as unknown as TypedDocumentString<ActivityQuery, ActivityQueryVariables>;
export const LogsDocument = new TypedDocumentString(`
    query Logs($deploymentUuid: Uuid!, $component: String, $search: String, $timestamp: DateTime) {
  logs(
    deploymentUuid: $deploymentUuid
    component: $component
    search: $search
    timestamp: $timestamp
  ) {
    id
    message
    timestamp
  }
}
    `) as unknown as TypedDocumentString<LogsQuery, LogsQueryVariables>;
export const LogLinesDocument = new TypedDocumentString(`
    subscription LogLines($deploymentUuid: Uuid!, $component: String, $search: String, $timestamp: DateTime) {
  log(
    deploymentUuid: $deploymentUuid
    component: $component
    search: $search
    timestamp: $timestamp
  ) {
    id
    message
    timestamp
  }
}
    `) as unknown as TypedDocumentString<LogLinesSubscription, LogLinesSubscriptionVariables>;
export const RevisionDetailsDocument = new TypedDocumentString(`
    query RevisionDetails($id: Uuid!) {
  deployRevision(id: $id) {
    ...Line
    imageDigest
    rolledBackId
    dagBundle {
      version
      fileCount
      sizeBytes
      sha256
    }
    steps {
      position
      name
      status
      startedAt
      finishedAt
      message
    }
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<RevisionDetailsQuery, RevisionDetailsQueryVariables>;
export const PlanDocument = new TypedDocumentString(`
    query Plan($deploymentUuid: Uuid!, $deployRevisionId: Uuid, $deployRevisionNumber: Int) {
  rollbackPlan(
    deploymentUuid: $deploymentUuid
    deployRevisionId: $deployRevisionId
    deployRevisionNumber: $deployRevisionNumber
  ) {
    allowed
    blockers {
      code
      message
      remedy
    }
    warnings {
      code
      message
      remedy
    }
    changes {
      field
      from
      to
      changed
    }
    dags {
      added
      removed
      changed
      unchangedCount
    }
    database {
      direction
      losesData
    }
    from {
      ...Line
    }
    to {
      ...Line
    }
    skipped {
      id
      number
      description
      source {
        commit
        branch
        url
        author
      }
      createdBy {
        id
        label
        type
      }
    }
    unchanged
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<PlanQuery, PlanQueryVariables>;
export const FileDiffDocument = new TypedDocumentString(`
    query FileDiff($from: Uuid!, $to: Uuid!, $path: String!) {
  dagFileDiff(fromDeployRevisionId: $from, toDeployRevisionId: $to, path: $path) {
    change
    binary
    fromSizeBytes
    toSizeBytes
    patch
  }
}
    `) as unknown as TypedDocumentString<FileDiffQuery, FileDiffQueryVariables>;
export const RollBackDocument = new TypedDocumentString(`
    mutation RollBack($deploymentUuid: Uuid!, $deployRevisionId: Uuid!, $description: String!, $acknowledgeDataLoss: Boolean!, $expectedCurrentRevisionId: Uuid!, $idempotencyKey: String!, $quarantine: Boolean!) {
  rollbackDeploy(
    deploymentUuid: $deploymentUuid
    deployRevisionId: $deployRevisionId
    description: $description
    acknowledgeDataLoss: $acknowledgeDataLoss
    expectedCurrentRevisionId: $expectedCurrentRevisionId
    idempotencyKey: $idempotencyKey
    quarantine: $quarantine
  ) {
    ...Line
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<RollBackMutation, RollBackMutationVariables>;
export const UndoRollbackDocument = new TypedDocumentString(`
    mutation UndoRollback($deployRevisionId: Uuid!, $description: String!, $acknowledgeDataLoss: Boolean!) {
  undoRollback(
    deployRevisionId: $deployRevisionId
    description: $description
    acknowledgeDataLoss: $acknowledgeDataLoss
  ) {
    ...Line
  }
}
    fragment Hold on Quarantine {
  id
  reason
  createdAt
  createdBy {
    id
    label
    type
  }
  deployRevisionId
  image
  dagBundleSha256
}
fragment Line on DeployRevision {
  id
  number
  status
  statusReason
  isCurrent
  isRollback
  description
  image
  imageTag
  runtimeVersion
  airflowVersion
  dagDeploymentType
  dagTarballVersion
  type
  trigger
  createdAt
  finishedAt
  updatedAt
  createdBy {
    id
    label
    type
  }
  source {
    commit
    branch
    url
    author
  }
  pinned
  quarantine {
    ...Hold
  }
  rollbackFromId
  rollbackFrom {
    id
    number
  }
}`) as unknown as TypedDocumentString<UndoRollbackMutation, UndoRollbackMutationVariables>;
export const AuthConfigDocument = new TypedDocumentString(`
    query AuthConfig($redirect: String) {
  authConfig(redirect: $redirect) {
    localEnabled
    initialSignup
    publicSignup
    providers {
      name
      displayName
      url
    }
  }
}
    `) as unknown as TypedDocumentString<AuthConfigQuery, AuthConfigQueryVariables>;
export const SelfDocument = new TypedDocumentString(`
    query Self {
  self {
    permissions
    user {
      id
      username
      fullName
    }
  }
}
    `) as unknown as TypedDocumentString<SelfQuery, SelfQueryVariables>;
export const CreateFirstUserDocument = new TypedDocumentString(`
    mutation CreateFirstUser($email: String!, $password: String!, $inviteToken: String!) {
  createUser(email: $email, password: $password, inviteToken: $inviteToken) {
    user {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<CreateFirstUserMutation, CreateFirstUserMutationVariables>;