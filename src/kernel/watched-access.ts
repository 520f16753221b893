import type { AccessWatch } from "./access-watch";
import { DomainError } from "./errors";

export interface Guard {
  /** @throws DomainError once the reader may no longer read */
  readonly check: () => Promise<void>;
  readonly watch: AccessWatch;
}

/** Delay before a check is repeated that failed for another reason than a refusal, such as an unreachable database. */
const CHECK_AGAIN_MS = 1_000;

/**
 * Repeats the guard's check at every change of access until the signal aborts, and calls `refused` with the error of a
 * check that was refused.
 */
export function watchAccess({ check, watch }: Guard, signal: AbortSignal, refused: (error: DomainError) => void): void {
  let checking = false;
  let checkAgain = false;
  const run = async (): Promise<void> => {
    checkAgain = true;
    if (checking) return;
    checking = true;
    while (checkAgain && !signal.aborted) {
      // A change during a check may be missing from the data that the check has read.
      checkAgain = false;
      await check().catch((error: unknown) => {
        if (signal.aborted) return;
        if (error instanceof DomainError) refused(error);
        else setTimeout(() => void run(), CHECK_AGAIN_MS).unref();
      });
    }
    checking = false;
  };
  const leave = watch.onChange(() => void run());
  signal.addEventListener("abort", leave, { once: true });
}
