import { RolloutRejected, type ReleaseState, type RolloutDriver } from "../features/rollouts";

/** Images with this in their tag fail in the demo's past; from its end on they are rolled out like any other. */
export const FAILS = "-broken";

export class FailingDriver implements RolloutDriver {
  readonly name = "demo";

  constructor(private readonly driver: RolloutDriver) {}

  apply(state: ReleaseState, signal: AbortSignal): Promise<void> {
    if (state.image?.tag?.includes(FAILS) === true) {
      return Promise.reject(new RolloutRejected("ImagePullBackOff: the image does not start: ModuleNotFoundError: No module named 'pandas'"));
    }
    return this.driver.apply(state, signal);
  }

  remove(releaseName: string): Promise<void> {
    return this.driver.remove(releaseName);
  }
}
