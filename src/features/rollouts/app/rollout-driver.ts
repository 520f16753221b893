import type { DeploymentSecrets } from "../../deployments";
import type { Position } from "../../installation";
import type { ReleaseState } from "../domain/release-state";

/**
 * The outcome for a state: it is in place, or the target has a later one and was left alone. A later state is that of a
 * newer revision; if the revision is still the newest, the target is ahead of the history, as after a restore.
 */
export type RolloutOutcome = "applied" | "overtaken";

/** The position that a target has recorded for a release. */
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

/** Reports the steps of a rollout as they happen. They are kept on the revision. */
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
   * What was current when the attempt began, with the present settings; null before the first deploy. If only settings
   * have changed, its content is that of `to`. A driver that has to reverse something, such as a database migration,
   * starts from here.
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
 * Puts a desired state in place. All calls are idempotent: after a crash they are repeated, and a state that is in
 * place already is left alone. At most one call per release is under way, but a late call for an older revision may
 * follow a newer one, and must then change nothing. What a former Deployment of the same release name has left behind
 * overtakes nothing. test/rollouts/driver-contract.ts holds each driver to this.
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
   * Removes a release for good; does nothing if it does not exist. If a Deployment is given, removes the release only
   * while it belongs to that one: after a hard delete another Deployment may have taken the name.
   */
  remove(release: ReleaseName): Promise<void>;
  /** The releases that the target holds and can be read, in no order. */
  placed(): AsyncIterable<PlacedRelease>;
  /**
   * Removes what past rollouts, finished or interrupted, have left behind in any release. It changes nothing that is
   * live, and may run at any time, also while another process applies or removes.
   * @throws if something could not be removed, after everything else was
   */
  tidy(): Promise<void>;
}

/** The state can never be put in place, e.g. because it is malformed. */
export class RolloutRejected extends Error {
  override readonly name = "RolloutRejected";
}

/**
 * The target holds a later revision than the history: the database was restored from a backup, and `retrograde
 * restored` has not been run yet.
 */
export class TargetAhead extends RolloutRejected {
  constructor(releaseName: string) {
    super(
      `The target of ${releaseName} is ahead of this history: it holds a later revision. ` +
        'If the database was restored from a backup, run "retrograde restored" and deploy again',
    );
  }
}
