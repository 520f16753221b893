import type { Origin } from "./given-values";
import type { Setting } from "./settings/setting";

/** The value of a setting, and its source. */
export interface SettingSource {
  readonly path: string;
  readonly setting: Setting<unknown>;
  readonly value: unknown;
  readonly origin: Origin;
}

/** The place where the value was set; for a default, where another one can be set. */
export function nameSetting({ setting, origin, path }: SettingSource): string {
  switch (origin.kind) {
    case "environment":
      return origin.name;
    case "file":
      return `${origin.path} (${origin.file}:${origin.line})`;
    case "default":
    case "embedded default":
      return setting.env[0] ?? setting.values[0] ?? path;
  }
}

/** Finds a setting by its path in `Config`. */
export const sourceOf = (sources: readonly SettingSource[], path: string): SettingSource | undefined =>
  sources.find((source) => source.path === path);
