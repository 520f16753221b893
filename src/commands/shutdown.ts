import type { Logger } from "pino";

/**
 * Ctrl-C signals every process of the terminal, and npm passes its signal on: signals within this time count as one.
 */
const SAME_SIGNAL_MS = 500;
/** Max time for an orderly stop after an uncaught error. */
const CRASH_GRACE_MS = 15_000;
/** Kubernetes kills what has not ended 30 s after it was told to. */
const STOP_WITHIN_MS = 28_000;

/**
 * Stops the process in order: the last part that was started is stopped first. SIGTERM and SIGINT begin the stop; a
 * second signal ends the process at once. An uncaught error also begins the stop, with exit code 1. A stop that takes
 * too long is cut off.
 */
export class Shutdown {
  private readonly steps: (() => Promise<void>)[] = [];
  private begunAtMs: number | null = null;

  constructor(private readonly log: Logger) {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => this.told(signal));
    for (const event of ["unhandledRejection", "uncaughtException"]) process.on(event, (error) => this.crash(error));
  }

  get hasBegun(): boolean {
    return this.begunAtMs !== null;
  }

  /** Adds a step of the stop. Steps run in the reverse order of their addition. */
  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /**
   * Runs a step of the start. A stop waits for it, so that it does not lose its database halfway.
   * @throws whatever it throws, and Error if the stop has begun already
   */
  async letFinish<T>(step: Promise<T>): Promise<T> {
    this.add(() =>
      step.then(
        () => undefined,
        () => undefined,
      ),
    );
    const done = await step;
    if (this.hasBegun) throw new Error("told to stop while starting");
    return done;
  }

  /** Returns whether everything could be stopped. */
  async stopAll(): Promise<boolean> {
    this.begunAtMs ??= Date.now();
    let stopped = true;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      await step().catch((error: unknown) => {
        stopped = false;
        this.log.error({ err: error }, "could not stop in order");
      });
    }
    return stopped;
  }

  private told(signal: string): void {
    if (this.begunAtMs === null) {
      this.log.info({ signal }, "stopping");
      void this.exit(0);
    } else if (Date.now() - this.begunAtMs > SAME_SIGNAL_MS) process.exit(1);
  }

  private crash(error: unknown): void {
    // Work that is still running loses its connections during a stop: not worth a warning.
    if (this.hasBegun) return this.log.debug({ err: error }, "failed while stopping");
    this.log.fatal({ err: error }, "nobody expected this error; stopping");
    setTimeout(() => process.exit(1), CRASH_GRACE_MS).unref();
    void this.exit(1);
  }

  private async exit(exitCode: number): Promise<never> {
    setTimeout(() => {
      this.log.error("could not stop in time; ending at once");
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    const stopped = await this.stopAll();
    if (stopped) this.log.info("stopped");
    process.exit(stopped ? exitCode : 1);
  }
}
