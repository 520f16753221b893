/**
 * Remembers the lines of the window of time that every poll reads again, so that each line counts as new once. If there
 * are more lines than it holds, the window gets shorter: lines before `floorMs` must not be read again.
 */
export class SeenLines {
  private readonly instants = new Map<string, number>();
  /** The earliest instant of which every line is still known. */
  floorMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly most: number) {}

  get size(): number {
    return this.instants.size;
  }

  has(id: string): boolean {
    return this.instants.has(id);
  }

  /** Whether the line is new. */
  add(id: string, ms: number): boolean {
    if (this.instants.has(id)) return false;
    this.instants.set(id, ms);
    if (this.instants.size > this.most) this.forgetFirst();
    return true;
  }

  forgetBefore(ms: number): void {
    for (const [id, at] of this.instants) if (at < ms) this.instants.delete(id);
  }

  clear(): void {
    this.instants.clear();
  }

  private forgetFirst(): void {
    for (const [id, ms] of this.instants) {
      this.instants.delete(id);
      this.floorMs = Math.max(this.floorMs, ms + 1);
      return;
    }
  }
}
