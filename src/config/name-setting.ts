import type { SettingSource } from "./load-config";

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
