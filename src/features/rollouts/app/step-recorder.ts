import type { Clock } from "../../../kernel/clock";
import { MAX_STEPS, STEP_NAME, type StepStatus } from "../domain/rollout-step";
import type { RolloutMetrics, RolloutStepStore } from "./ports";
import { reasonOf } from "./reason";
import { RolloutRejected, type RolloutSteps } from "./rollout-driver";

type StepWriter = Omit<RolloutStepStore, "ofRevisions">;

/** Keeps the steps of one attempt while it runs. They are written in order, and the attempt does not wait for it. */
export class StepRecorder implements RolloutSteps {
  private writes: Promise<void>;
  private count = 0;

  constructor(
    private readonly deps: {
      readonly store: StepWriter;
      readonly metrics: RolloutMetrics;
      readonly clock: Clock;
    },
    private readonly attempt: { readonly revisionId: string; readonly driver: string; readonly signal: AbortSignal },
  ) {
    this.writes = deps.store.begin(attempt.revisionId);
    // Told by `written`.
    this.writes.catch(() => undefined);
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (!STEP_NAME.test(name)) throw new RolloutRejected(`the driver calls a step ${JSON.stringify(name)}`);
    if (this.count === MAX_STEPS) throw new RolloutRejected(`the driver has more than ${MAX_STEPS} steps`);
    const { revisionId } = this.attempt;
    const position = ++this.count;
    const running = { revisionId, position, name, startedAt: this.deps.clock() };
    this.write((store) => store.add({ ...running, status: "RUNNING", message: null, finishedAt: null }));
    const end = (status: StepStatus, message: string | null): void => {
      const finishedAt = this.deps.clock();
      this.write((store) => store.end({ ...running, status, message, finishedAt }));
      const seconds = Math.max(0, Date.parse(finishedAt) - Date.parse(running.startedAt)) / 1000;
      this.deps.metrics.stepFinished({ driver: this.attempt.driver, name, status, seconds });
    };
    try {
      const result = await work();
      end("SUCCEEDED", null);
      return result;
    } catch (error) {
      end(this.attempt.signal.aborted ? "ABORTED" : "FAILED", reasonOf(error));
      throw error;
    }
  }

  /** Resolves once all steps are written. @throws the error of the first write that failed */
  written(): Promise<void> {
    return this.writes;
  }

  private write(one: (store: StepWriter) => Promise<void>): void {
    this.writes = this.writes.then(() => one(this.deps.store));
    this.writes.catch(() => undefined);
  }
}

/** For changes of settings, which are no rollout of a revision. */
export const unkeptSteps: RolloutSteps = { run: (_name, work) => work() };
