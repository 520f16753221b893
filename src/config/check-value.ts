import type { GivenValue, Origin } from "./given-values";
import type { Setting } from "./settings/setting";

export type Checked =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problems: string[] };

/**
 * Checks a value against its setting. Problems name the place, the expected value, and (unless it is secret) the actual
 * one.
 */
export function checkValue(setting: Setting<unknown>, { value, origin }: GivenValue): Checked {
  const result = setting.kind.schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const hint = setting.kind.hint?.(value) ?? null;
  const problems = result.error.issues.map((issue) => {
    const wrong = valueAt(value, issue.path);
    const found = setting.secret === undefined ? `, found ${describe(wrong)}` : "";
    const isUnquoted = "expected" in issue && issue.expected === "string" && isOtherScalar(wrong);
    const advice = hint ?? (isUnquoted ? "put it in quotes" : null);
    return `${placeOf(origin, issue.path)}: expected ${setting.kind.expected}${found}${advice === null ? "" : `; ${advice}`}`;
  });
  return { ok: false, problems: [...new Set(problems)] };
}

/** `values.yaml:3: global.deployRollbackEnabled`, or `environment: PORT`. */
export function placeOf(origin: Origin, below: readonly PropertyKey[] = []): string {
  switch (origin.kind) {
    case "file":
      return `${origin.file}:${origin.line}: ${[origin.path, ...below].map(String).join(".")}`;
    case "environment":
      return `environment: ${[origin.name, ...below].map(String).join(".")}`;
    case "default":
    case "embedded default":
      return origin.kind;
  }
}

export function describe(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  return typeof value === "object" ? "a mapping" : JSON.stringify(value);
}

const isOtherScalar = (value: unknown): boolean =>
  typeof value === "number" || typeof value === "boolean" || value instanceof Date;

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
