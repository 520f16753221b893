import type { Logger } from "pino";
import { loggable } from "./loggable";

const LEVELS = { debug: "debug", log: "info", info: "info", trace: "warn", warn: "warn", error: "error" } as const;

/**
 * Sends the `console` output of libraries, and Node's own warnings, to the log, so that all output has one format.
 * Returns a function that undoes it.
 */
export function adoptConsole(log: Logger): () => void {
  const child = log.child({ source: "console" });
  const before = { ...console };
  for (const [method, level] of Object.entries(LEVELS)) {
    // eslint-disable-next-line no-console -- this is where console is replaced
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => {
      const message = args
        .filter((arg) => typeof arg !== "object")
        .map(String)
        .join(" ");
      const details = args.filter((arg) => typeof arg === "object" && arg !== null).map((arg) => loggable(arg));
      child[level](details.length === 0 ? {} : { details }, message);
    };
  }
  const warnings = process.listeners("warning");
  const onWarning = (warning: Error): void => child.warn({ type: warning.name }, warning.message);
  process.removeAllListeners("warning").on("warning", onWarning);
  return () => {
    Object.assign(console, before);
    process.off("warning", onWarning);
    for (const listener of warnings) process.on("warning", listener);
  };
}
