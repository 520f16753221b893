import { loggedError } from "./logged-error";

const MAX_DEPTH = 4;

/**
 * Returns a form of the value that may be logged. Objects of a class, such as a connection with its keys, become the
 * name of their class; errors go through `loggedError`; plain objects and lists stay, with their content converted
 * likewise.
 */
export function loggable(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return loggedError(value);
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  if (depth === MAX_DEPTH) return "[…]";
  if (Array.isArray(value)) return value.map((item) => loggable(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return `[${(value.constructor as { name?: string } | undefined)?.name || "object"}]`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, loggable(item, depth + 1)]));
}

export const loggableFields = (fields: Record<string, unknown>): Record<string, unknown> =>
  loggable(fields) as Record<string, unknown>;
