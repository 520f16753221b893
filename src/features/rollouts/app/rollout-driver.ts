import type { DeploymentSecrets } from "../../deployments";
import type { Position } from "../../installation";
import type { ReleaseState } from "../domain/release-state";

/**
 * What became of a state: it holds now, or the target has a later one and was left alone. A later one is that of a
 * newer revision, unless the revision is still the newest: then the target is ahead of the history, as after a restore.
 */
export type RolloutOutcome = "applied" | "overtaken";

/** What a target says of a release that it holds. */
export interface PlacedRelease extends Position {
  readonly releaseName: string;
  readonly deploymentId: string;
}

/** A release as a target knows it. */
export interface ReleaseName {
  readonly releaseName: string;
  /** Null in jobs of versions that did not name it. */
  readonly namespace: string | null;
  /** Null in jobs of versions that did not name it. */
  readonly deploymentId: string | null;
}

/** Tells the steps of a rollout as they happen. They are kept on the revision. */
export interface RolloutSteps {
  /**
   * Runs one step: RUNNING until the work ends, then SUCCEEDED, FAILED, or ABORTED if the rollout was called off
   * meanwhile. Returns what the work returns, and passes its error on.
   * @throws RolloutRejected if the name is malformed, or there are too many steps
   */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export interface RolloutRequest {
  /**
   * What was current when the attempt began, under the settings of now; null before the first deploy. Where only
   * settings have changed, its content is that of `to`. A driver that has to take something back, such as a database,
   * does so from here.
   */
  readonly from: ReleaseState | null;
  readonly to: ReleaseState;
  readonly steps: RolloutSteps;
  /**
   * Decrypts the Deployment's secrets, which `to` does not hold. Called only by a driver that hands them on.
   * @throws RolloutRejected if one cannot be decrypted
   */
  readonly secrets: () => DeploymentSecrets;
}

/**
 * Makes a desired state real. All calls are idempotent: after a crash they are made again, and a state that holds
 * already is left alone. At most one call per release is under way, but a late call of an older revision may follow a
 * newer one, and must change nothing then. What a former Deployment of the same release name has left behind overtakes
 * nothing. test/rollouts/driver-contract.ts holds each driver to this.
 */
export interface RolloutDriver {
  readonly name: string;
  /**
   * @throws RolloutRejected if trying again cannot help
   * @throws Unavailable during an outage of something that the driver depends on: it is waited for, and costs no
   * attempt
   * @throws Error for any other failure: it is tried again a few times
   */
  apply(request: RolloutRequest, signal: AbortSignal): Promise<RolloutOutcome>;
  /**
   * Takes a release down for good; one that is not there is fine. With a Deployment only while it is that one's: the
   * name of a Deployment that was deleted for good is free, and another may be live under it by now.
   */
  remove(release: ReleaseName): Promise<void>;
  /** The releases that the target holds and can be read, in no order. */
  placed(): AsyncIterable<PlacedRelease>;
  /**
   * Frees what past rollouts, finished or cut off, have left behind in any release. Changes nothing that is live, and
   * may run at any time, also while another process applies or removes.
   * @throws if something could not be freed, after all the rest was
   */
  tidy(): Promise<void>;
}

/** The state can never be made real, e.g. because it is malformed. */
export class RolloutRejected extends Error {
  override readonly name = "RolloutRejected";
}

/**
 * The target holds a later revision than the history knows: the database was restored from a backup, and nothing has
 * said so yet.
 */
export class TargetAhead extends RolloutRejected {
  constructor(releaseName: string) {
    super(
      `The target of ${releaseName} is ahead of this history: it holds a later revision. ` +
        'If the database was restored from a backup, run "retrograde restored" and deploy again',
    );
  }
}
