import type { LogEntry } from "../app/ports";

/** New lines that one poll has found. */
export interface Batch {
  /** Polls count up. */
  readonly poll: number;
  readonly lines: readonly LogEntry[];
}

/** Max lines that wait for one reader: enough for a burst, and few enough to keep for many readers. */
const MAX_LINES = 10_000;
const MAX_CHARACTERS = 4_000_000;

/** Lines waiting for one reader. A reader that falls too far behind loses all of them, and is told. */
export class LineQueue {
  overflown = false;
  private batches: Batch[] = [];
  private lines = 0;
  private characters = 0;
  private wake: (() => void) | null = null;

  push(batch: Batch): void {
    this.lines += batch.lines.length;
    for (const { message } of batch.lines) this.characters += message.length;
    if (this.lines > MAX_LINES || this.characters > MAX_CHARACTERS) {
      this.empty();
      this.overflown = true;
    }
    if (!this.overflown) this.batches.push(batch);
    this.wake?.();
  }

  /** Waits for the next batch. Null once it has overflown or the signal is given. */
  async next(signal: AbortSignal): Promise<Batch | null> {
    while (this.batches.length === 0 && !this.overflown && !signal.aborted) await this.change(signal);
    if (this.overflown || signal.aborted) return null;
    const batch = this.batches.shift();
    this.lines -= batch?.lines.length ?? 0;
    for (const { message } of batch?.lines ?? []) this.characters -= message.length;
    return batch ?? null;
  }

  startOver(): void {
    this.empty();
    this.overflown = false;
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        this.wake = null;
        resolve();
      };
      this.wake = wake;
      signal.addEventListener("abort", wake, { once: true });
    });
  }

  private empty(): void {
    this.batches = [];
    this.lines = 0;
    this.characters = 0;
  }
}
