import type { ValueKind } from "./value-kinds";

interface SettingFacts<T> {
  readonly kind: ValueKind<T>;
  /** Dotted paths in a values.yaml; if several are present, the first wins. */
  readonly values: readonly string[];
  /**
   * Further variables beside those that follow from `values`, over which they win. If several are set, the first wins.
   */
  readonly env?: readonly string[];
  /** The part that must not be printed: the whole value, or the credentials inside a URL. */
  readonly secret?: "whole" | "credentials in URL";
  /** Mappings in a values.yaml that count as `true` if they have no `enabled`. */
  readonly impliedBy?: readonly string[];
  /** Paths in `Config` of switches; unless all of them are on, the setting has no value. */
  readonly onlyIf?: readonly string[];
  /** One line. */
  readonly description: string;
}

interface Defaults<T> {
  readonly default: NoInfer<T>;
  /** Replaces `default` if no database is configured. */
  readonly embeddedDefault?: NoInfer<T>;
}

/** One row of the table of settings, from which loading, printing and the reference are derived. */
export class Setting<T> {
  readonly kind: ValueKind<T>;
  readonly default: T;
  readonly embeddedDefault: T;
  readonly values: readonly string[];
  readonly env: readonly string[];
  readonly secret: SettingFacts<T>["secret"];
  readonly impliedBy: readonly string[];
  readonly onlyIf: readonly string[];
  readonly description: string;

  constructor(facts: SettingFacts<T> & Defaults<T>) {
    this.kind = facts.kind;
    this.default = facts.default;
    this.embeddedDefault = facts.embeddedDefault ?? facts.default;
    this.values = facts.values;
    this.env = [...new Set([...(facts.env ?? []), ...facts.values.flatMap(environmentName)])];
    this.secret = facts.secret;
    this.impliedBy = facts.impliedBy ?? [];
    this.onlyIf = facts.onlyIf ?? [];
    this.description = facts.description;
  }
}

export function setting<T>(facts: SettingFacts<T> & Defaults<T>): Setting<T> {
  return new Setting(facts);
}

/** A setting that may stay absent. */
export function optionalSetting<T>(facts: SettingFacts<T>): Setting<T | undefined> {
  return new Setting<T | undefined>({ ...facts, default: undefined });
}

const HOUSTON = "astronomer.houston.";
const CONFIG = `${HOUSTON}config.`;

/** `config("jwt.certPath")`: a path in the 0.35 platform's own configuration. */
export const config = (path: string): string => `${CONFIG}${path}`;
export const deployments = (path: string): string => config(`deployments.${path}`);
/**
 * `houston("cleanupDeployRevisions.enabled")`: a path that the platform's chart reads to set up the API's own objects.
 */
export const houston = (path: string): string => `${HOUSTON}${path}`;
/** `chart("deployRollbackEnabled")`: a path that the platform's chart reads for all of its parts. */
export const chart = (path: string): string => `global.${path}`;

/** `jwt.certPath` becomes `JWT__CERT_PATH`, as on the 0.35 platform; chart-wide values have no variable. */
function environmentName(path: string): readonly string[] {
  const prefix = [CONFIG, HOUSTON].find((start) => path.startsWith(start));
  if (prefix === undefined) return [];
  const levels = path.slice(prefix.length).split(".");
  return [levels.map((level) => level.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()).join("__")];
}
