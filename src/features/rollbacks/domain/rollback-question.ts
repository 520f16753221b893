import type { BundleState } from "../../bundles/domain";
import type { Deployment } from "../../deployments/domain";
import type { DefaultRepositories, DeployRevision, Retention } from "../../deploys/domain";
import type { Hold } from "../../holds/domain";
import type { ImageState } from "../../registry/domain";
import type { DatabaseMigration, RuntimeCatalogue } from "../../runtimes/domain";
import type { Instant } from "../../../kernel/instant";
import type { RollbackIssue } from "./rollback-issues";

/** What of its target a rollback restores. The rest stays as it runs. */
export const ROLLBACK_PARTS = ["ALL", "IMAGE", "DAGS"] as const;
export type RollbackParts = (typeof ROLLBACK_PARTS)[number];

/** What the installation's configuration says about rollbacks. */
export interface RollbackSettings extends Retention {
  readonly rollbackEnabled: boolean;
  readonly dagOnlyDeployment: boolean;
  readonly updateDeploymentImageEndpoint: boolean;
  /** Whether images are to be looked up in any registry before a rollback, and not in the installation's own only. */
  readonly imageValidation: boolean;
  readonly requireDataLossAcknowledgement: boolean;
  /** The repositories of the images that revisions without an image of their own run. */
  readonly defaultRepositories: DefaultRepositories;
  readonly allowAirflow3To2: boolean;
  /** Whether a target's DAG bundle still has to be stored. */
  readonly dagTarballVersionValidation: boolean;
}

/** Everything that the rules look at. */
export interface RollbackQuestion {
  readonly settings: RollbackSettings;
  readonly catalogue: RuntimeCatalogue;
  readonly now: Instant;
  /** Whether the actor holds deployment.images.push, or its counterpart of the system. */
  readonly mayPush: boolean;
  readonly deployment: Deployment;
  /** What runs; null before the first deploy. */
  readonly current: DeployRevision | null;
  /** The newest revision, finished or not. */
  readonly head: DeployRevision | null;
  readonly target: DeployRevision;
  /** Whether the target's DAG bundle is still stored; null where it has none, or it was not looked up. */
  readonly bundle: BundleState | null;
  /** Whether the registry still holds the target's image; null where it has none of its own, or it was not looked up. */
  readonly image: ImageState | null;
  /** The hold against putting the target's content in place; null if there is none. */
  readonly hold: Hold | null;
  /** What of the target is restored: ALL unless it is given. The target then holds what is put in place. */
  readonly parts?: RollbackParts | undefined;
  /** Whether the image and the DAGs that are put in place have run together before; undefined if they are one revision's. */
  readonly ranTogether?: boolean | undefined;
  /** Number of the newest DEPLOYED revision before the current one; null if there is none. */
  readonly previousDeployedNumber: number | null;
}

export interface RollbackAssessment {
  readonly blockers: readonly RollbackIssue[];
  readonly warnings: readonly RollbackIssue[];
  readonly database: DatabaseMigration;
}
