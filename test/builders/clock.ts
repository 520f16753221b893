import { plusMs, type Instant } from "../../src/kernel/instant";

/** A clock that a test sets; it stands still unless told to move on by so many ms at each look. */
export class TestClock {
  constructor(
    public at: Instant = "2024-07-15T09:30:00.000Z",
    private readonly stepMs = 0,
  ) {}

  readonly now = (): Instant => (this.at = plusMs(this.at, this.stepMs));

  pass(ms: number): void {
    this.at = plusMs(this.at, ms);
  }
}
