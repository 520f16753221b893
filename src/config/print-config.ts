import type { Origin } from "./given-values";
import type { LoadedConfig } from "./load-config";
import { redactUrl, redactWhole } from "./redact";
import type { SettingSource } from "./setting-source";

/** One line per setting, in columns: the value and its source. Safe to paste into a ticket: secrets are hidden. */
export function describeConfig({ sources }: Pick<LoadedConfig, "sources">): string {
  const lines = sources.map((source) => ({
    path: source.path,
    value: printValue(source),
    origin: printOrigin(source.origin),
  }));
  const pathWidth = Math.max(...lines.map(({ path }) => path.length));
  const valueWidth = Math.max(...lines.map(({ value }) => value.length));
  return lines
    .map(({ path, value, origin }) => `${path.padEnd(pathWidth)} = ${value.padEnd(valueWidth)}  ${origin}`)
    .join("\n");
}

function printValue({ setting, value }: SettingSource): string {
  const isEmptySecret = setting.secret !== undefined && Array.isArray(value) && value.length === 0;
  if (value === undefined || isEmptySecret) return "(not set)";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  switch (setting.secret) {
    case undefined:
      return text;
    case "whole":
      return redactWhole();
    case "credentials in URL":
      return redactUrl(text);
  }
}

function printOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "file":
      return `${origin.file}: ${origin.path}`;
    case "environment":
      return `environment: ${origin.name}`;
    case "default":
    case "embedded default":
      return origin.kind;
  }
}
