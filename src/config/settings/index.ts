import { Setting } from "./setting";
import { auth, roles, serviceAccounts } from "./access-settings";
import { audit } from "./audit-settings";
import { bundles } from "./bundle-settings";
import { deploymentSettings } from "./deployment-settings";
import { limits } from "./limit-settings";
import { notifications } from "./notification-settings";
import { registry } from "./registry-settings";
import { cleanup } from "./rollback-settings";
import { secrets } from "./secret-settings";
import { dataDir, logging, rollouts, server, workers } from "./server-settings";
import { signOn } from "./sign-on-settings";
import { database, elasticsearch } from "./storage-settings";

/** All settings, nested as in `Config`. */
const settings = {
  server,
  dataDir,
  database,
  elasticsearch,
  bundles,
  registry,
  auth,
  signOn,
  serviceAccounts,
  roles,
  audit,
  notifications,
  secrets,
  logging,
  workers,
  rollouts,
  limits,
  deployments: deploymentSettings,
  cleanup,
};

/** The values of a tree of settings; optional settings without a value are absent. */
type ValuesOf<Group> = {
  readonly [Key in Exclude<keyof Group, OptionalIn<Group>>]: ValueOf<Group[Key]>;
} & {
  readonly [Key in OptionalIn<Group>]?: Exclude<ValueOf<Group[Key]>, undefined>;
};
type ValueOf<Entry> = Entry extends Setting<infer Value> ? Value : ValuesOf<Entry>;
type OptionalIn<Group> = {
  [Key in keyof Group]: Group[Key] extends Setting<infer Value> ? (undefined extends Value ? Key : never) : never;
}[keyof Group];

export type SettingValues = ValuesOf<typeof settings>;

export interface NamedSetting {
  /** Dotted, as in `deployments.rollback.enabled`. */
  readonly path: string;
  readonly setting: Setting<unknown>;
}

/** In the order of the table. */
export const allSettings: readonly NamedSetting[] = flatten(settings);

function flatten(group: object, prefix = ""): NamedSetting[] {
  return Object.entries(group).flatMap(([key, entry]: [string, object]) => {
    const path = `${prefix}${key}`;
    return entry instanceof Setting ? [{ path, setting: entry }] : flatten(entry, `${path}.`);
  });
}

/** The inverse of `flatten`; undefined values are left out. */
export function nestValues(values: ReadonlyMap<string, unknown>): SettingValues {
  const root: Record<string, unknown> = {};
  for (const [path, value] of values) {
    if (value === undefined) continue;
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let group = root;
    for (const key of keys) group = (group[key] ??= {}) as Record<string, unknown>;
    group[last] = value;
  }
  return root as SettingValues;
}
