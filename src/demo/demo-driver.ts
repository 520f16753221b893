import {
  RolloutRejected,
  type PlacedRelease,
  type ReleaseName,
  type RolloutDriver,
  type RolloutOutcome,
  type RolloutRequest,
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

  async apply(request: RolloutRequest, signal: AbortSignal): Promise<RolloutOutcome> {
    const { to } = request;
    const { clock, failures } = this.options;
    clock.now = plusMs(clock.now, QUICKEST_MS + ((to.generation * 17_389) % 60_000));
    const failure = failures[`${to.releaseName}:${to.image?.tag ?? ""}`];
    if (failure !== undefined) throw new RolloutRejected(failure);
    return this.driver.apply(request, signal);
  }

  remove(release: ReleaseName): Promise<void> {
    return this.driver.remove(release);
  }

  placed(): AsyncIterable<PlacedRelease> {
    return this.driver.placed();
  }

  tidy(): Promise<void> {
    return this.driver.tidy();
  }
}
