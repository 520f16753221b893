import {
  RolloutRejected,
  type PlacedRelease,
  type ReleaseState,
  type RolloutDriver,
  type RolloutOutcome,
} from "../features/rollouts";
import { plusMs } from "../kernel/instant";
import type { DemoClock } from "./demo-clock";

const QUICKEST_MS = 41_000;

/**
 * The configured driver, but some images fail, named as `releaseName:tag`, and rollouts take time on the demo's clock.
 */
export class DemoDriver implements RolloutDriver {
  readonly name = "demo";

  constructor(
    private readonly driver: RolloutDriver,
    private readonly options: { readonly clock: DemoClock; readonly failures: Readonly<Record<string, string>> },
  ) {}

  async apply(state: ReleaseState, signal: AbortSignal): Promise<RolloutOutcome> {
    const { clock, failures } = this.options;
    clock.now = plusMs(clock.now, QUICKEST_MS + ((state.generation * 17_389) % 60_000));
    const failure = failures[`${state.releaseName}:${state.image?.tag ?? ""}`];
    if (failure !== undefined) throw new RolloutRejected(failure);
    return this.driver.apply(state, signal);
  }

  remove(releaseName: string, deploymentId?: string): Promise<void> {
    return this.driver.remove(releaseName, deploymentId);
  }

  placed(): AsyncIterable<PlacedRelease> {
    return this.driver.placed();
  }

  tidy(): Promise<void> {
    return this.driver.tidy();
  }
}
