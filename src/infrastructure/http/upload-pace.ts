import type { IncomingMessage } from "node:http";
import { DomainError } from "../../kernel/errors";

export interface UploadLimits {
  /** Max duration of an upload. */
  readonly uploadTimeoutSeconds: number;
  /** Min average over the last half minute; 0 sets no limit. */
  readonly uploadMinBytesPerSecond: number;
}

const WINDOW_MS = 30_000;
const TICKS = 15;

/** The client sends too slowly, or has taken too long. */
export class UploadTooSlow extends DomainError {
  readonly code = "REQUEST_TIMEOUT";
}

/**
 * Watches an upload until it is complete, and calls `tooSlow` once if it falls below its min rate or takes too long.
 * Time in which bytes wait for this server to read them does not count against the client.
 */
export function watchPace(
  raw: IncomingMessage,
  { uploadTimeoutSeconds, uploadMinBytesPerSecond: rate }: UploadLimits,
  tooSlow: (error: UploadTooSlow) => void,
  windowMs = WINDOW_MS,
): void {
  const startedAtMs = performance.now();
  const arrived: number[] = [];
  let before = raw.socket.bytesRead;
  const timer = setInterval(() => {
    if (raw.complete || raw.destroyed) return stop();
    const { bytesRead } = raw.socket;
    const seconds = windowMs / 1000;
    if (raw.readableLength === 0) arrived.push(bytesRead - before);
    before = bytesRead;
    if (arrived.length > TICKS) arrived.shift();
    const sum = arrived.reduce((total, bytes) => total + bytes, 0);
    if (performance.now() - startedAtMs >= uploadTimeoutSeconds * 1000) {
      stop();
      tooSlow(new UploadTooSlow(`The upload took more than ${uploadTimeoutSeconds} s`));
    } else if (arrived.length === TICKS && sum < rate * seconds) {
      stop();
      tooSlow(new UploadTooSlow(`The upload is slower than ${rate} bytes a second`));
    }
  }, windowMs / TICKS).unref();
  const stop = (): void => clearInterval(timer);
  raw.once("close", stop);
}
