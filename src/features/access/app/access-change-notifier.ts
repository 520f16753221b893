import type { AccessWatch } from "../../../kernel/access-watch";

/** Changes in a burst, such as an import of members, notify once. */
const REST_MS = 500;
/** For notifications that got lost. */
const ALWAYS_AFTER_MS = 30_000;

/** Notifies of a change of access at once, then at most every half second; and every 30 s in any case. */
export class AccessChangeNotifier implements AccessWatch {
  private readonly listeners = new Set<() => void>();
  private resting: NodeJS.Timeout | undefined;
  private always: NodeJS.Timeout | undefined;
  private changedWhileResting = false;

  onChange(listener: () => void): () => void {
    // Of its own, so that one function can listen twice.
    const entry = (): void => listener();
    this.listeners.add(entry);
    this.always ??= setInterval(() => this.changed(), ALWAYS_AFTER_MS).unref();
    return () => {
      this.listeners.delete(entry);
      if (this.listeners.size > 0) return;
      clearInterval(this.always);
      this.always = undefined;
    };
  }

  changed(): void {
    if (this.resting !== undefined) {
      this.changedWhileResting = true;
      return;
    }
    this.resting = setTimeout(() => {
      this.resting = undefined;
      if (!this.changedWhileResting) return;
      this.changedWhileResting = false;
      this.changed();
    }, REST_MS).unref();
    for (const ring of [...this.listeners]) ring();
  }
}
