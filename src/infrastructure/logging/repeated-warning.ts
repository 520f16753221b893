import type { Logger } from "pino";

const QUIET_MS = 60_000;

/** A warning that is logged at most once a minute; the next line says how many were left out. */
export class RepeatedWarning {
  private quietUntilMs = -Infinity;
  private leftOut = 0;

  constructor(
    private readonly log: Pick<Logger, "warn">,
    private readonly message: string,
    private readonly quietMs = QUIET_MS,
  ) {}

  report(fields: object): void {
    const now = performance.now();
    if (now < this.quietUntilMs) {
      this.leftOut++;
      return;
    }
    this.log.warn({ ...fields, ...(this.leftOut > 0 && { leftOut: this.leftOut }) }, this.message);
    this.quietUntilMs = now + this.quietMs;
    this.leftOut = 0;
  }
}
