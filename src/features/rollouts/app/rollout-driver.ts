import type { ReleaseState } from "../domain/release-state";

/**
 * Makes a desired state real. All calls are idempotent: after a crash they are made again, and a state that
 * holds already is left alone. At most one call per release is under way, but a late one of an older revision
 * may follow a newer one, and has to change nothing then. What a former Deployment of the same release name has left
 * behind overtakes nothing.
 */
export interface RolloutDriver {
  readonly name: string;
  /**
   * @throws RolloutRejected if trying again cannot help
   * @throws Unavailable during an outage of something that the driver depends on: it is waited for, and costs no attempt
   * @throws Error for any other failure: it is tried again a few times
   */
  apply(state: ReleaseState, signal: AbortSignal): Promise<void>;
  /**
   * Takes a release down for good; one that is not there is fine. With a Deployment only while it is that one's:
   * the name of a Deployment that was deleted for good is free, and another may be live under it by now.
   */
  remove(releaseName: string, deploymentId?: string): Promise<void>;
  /**
   * Frees what past rollouts, finished or cut off, have left behind in any release. Changes nothing that is
   * live, and may run at any time, also while another process applies or removes.
   * @throws if something could not be freed, after all the rest was
   */
  tidy(): Promise<void>;
}

/** The state can never be made real, e.g. because it is malformed. */
export class RolloutRejected extends Error {
  override readonly name = "RolloutRejected";
}
