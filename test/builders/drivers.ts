import {
  isOvertaken,
  RolloutRejected,
  type PlacedRelease,
  type ReleaseName,
  type ReleaseState,
  type RolloutDriver,
  type RolloutOutcome,
  type RolloutRequest,
} from "../../src/features/rollouts";

/**
 * A cluster in memory. What it is told per image tag comes true: `fail` so many times, `reject`, or wait
 * until somebody lets go.
 */
export class ScriptedDriver implements RolloutDriver {
  readonly name = "scripted";
  readonly calls: { readonly state: ReleaseState; readonly aborted: () => boolean }[] = [];
  readonly applied = new Map<string, ReleaseState>();
  private readonly failures = new Map<string, number>();
  private readonly gates = new Map<string, { readonly entered: () => void; readonly open: Promise<void> }>();
  private readonly rejected = new Set<string>();

  fail(tag: string, times = Infinity): void {
    this.failures.set(tag, times);
  }

  reject(tag: string): void {
    this.rejected.add(tag);
  }

  /** Holds rollouts of the tag up. `entered` resolves once one is in; `open` lets it go on. */
  hold(tag: string): { readonly entered: Promise<void>; readonly open: () => void } {
    let enter = (): void => {};
    let letGo = (): void => {};
    const entered = new Promise<void>((resolve) => (enter = resolve));
    const open = new Promise<void>((resolve) => (letGo = resolve));
    this.gates.set(tag, { entered: enter, open });
    return {
      entered,
      open: () => {
        this.gates.delete(tag);
        letGo();
      },
    };
  }

  async apply({ to, steps }: RolloutRequest, signal: AbortSignal): Promise<RolloutOutcome> {
    this.calls.push({ state: to, aborted: () => signal.aborted });
    signal.throwIfAborted();
    const placed = this.applied.get(to.releaseName);
    if (placed?.deploymentId === to.deploymentId && isOvertaken(placed, to)) return "overtaken";
    await steps.run("COME_UP", () => this.comeUp(to.image?.tag ?? "", signal));
    this.applied.set(to.releaseName, to);
    return "applied";
  }

  private async comeUp(tag: string, signal: AbortSignal): Promise<void> {
    const gate = this.gates.get(tag);
    if (gate !== undefined) {
      gate.entered();
      await Promise.race([gate.open, aborted(signal)]);
    }
    signal.throwIfAborted();
    if (this.rejected.has(tag)) throw new RolloutRejected(`${tag} can never run`);
    const left = this.failures.get(tag) ?? 0;
    if (left > 0) {
      this.failures.set(tag, left - 1);
      throw new Error(`${tag} did not come up`);
    }
  }

  async remove({ releaseName, deploymentId }: ReleaseName): Promise<void> {
    const placed = this.applied.get(releaseName);
    if (deploymentId === null || placed?.deploymentId === deploymentId) this.applied.delete(releaseName);
  }

  async *placed(): AsyncGenerator<PlacedRelease> {
    for (const { releaseName, deploymentId, epoch, generation } of this.applied.values())
      yield { releaseName, deploymentId, epoch, generation };
  }

  async tidy(): Promise<void> {}

  /** The tags that were handed over, in order. */
  get tags(): (string | null)[] {
    return this.calls.map(({ state }) => state.image?.tag ?? null);
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener(
      "abort",
      () => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted")),
      { once: true },
    );
  });
