import { InvalidInput } from "../../../kernel/errors";
import { readLine, refuseHidden } from "../../../kernel/text";
import { checkAmount } from "./components";
import {
  EXECUTORS,
  type DagDeploymentSettings,
  type DagDeploymentType,
  type EnvironmentVariable,
  type Executor,
  type JsonObject,
  type ShownVariable,
} from "./deployment";
import { DOCKER_CONFIG_FIELD, SSH_KEY_FIELD, sealedVariable, variableField, type Seal } from "./secrets";

/** Room for a private key of 8192 bits in PEM. */
const MAX_TEXT = 10_000;
const OF_SEVERAL_LINES: ReadonlySet<string> = new Set(["dagDeployment.sshKey", "dagDeployment.knownHosts"]);
const MAX_VARIABLES = 1_000;
const MAX_VARIABLE_VALUE = 65_536;
const MAX_JSON = 100_000;
/** Far below the depth at which serialising it, or storing it in Postgres, runs out of stack. */
const MAX_JSON_DEPTH = 100;
const VARIABLE_KEY = /^[A-Za-z_][A-Za-z0-9_]{0,189}$/;
/** A DNS label, so that it can name a Helm release and a namespace; shorter, to leave room for suffixes. */
const RELEASE_NAME = /^[a-z](?:[a-z0-9-]{0,51}[a-z0-9])?$/;

/** Which mechanisms the installation allows. */
export interface MechanismRules {
  readonly configureDagDeployment: boolean;
  readonly dagOnlyDeployment: boolean;
  readonly nfsMountDagDeployment: boolean;
  readonly gitSyncDagDeployment: boolean;
}

/** @throws InvalidInput */
export function checkReleaseName(name: string): string {
  if (!RELEASE_NAME.test(name)) {
    throw new InvalidInput(
      "releaseName",
      "has to start with a letter and hold only a–z, 0–9 and dashes, 53 characters at most",
    );
  }
  return name;
}

/**
 * Whether a Deployment may be given this mechanism.
 * @throws InvalidInput naming the setting that is off
 */
export function checkMechanism(type: DagDeploymentType, rules: MechanismRules): DagDeploymentType {
  if (type === "image") return type;
  const needed: (keyof MechanismRules)[] = ["configureDagDeployment"];
  if (type === "dag_deploy") needed.push("dagOnlyDeployment");
  if (type === "volume") needed.push("nfsMountDagDeployment");
  if (type === "git_sync") needed.push("gitSyncDagDeployment");
  const missing = needed.find((setting) => !rules[setting]);
  if (missing !== undefined) {
    throw new InvalidInput(
      "dagDeployment.type",
      `${type} is switched off for the installation (deployments.${missing})`,
    );
  }
  return type;
}

/**
 * Mechanism settings without those that were left out or sent empty; the private key is sealed.
 * @throws InvalidInput
 */
export function dagDeploymentSettings(input: JsonObject, seal: Seal): DagDeploymentSettings {
  const given = Object.entries(input).filter(
    (entry): entry is [string, string | number] => entry[0] !== "type" && entry[1] != null,
  );
  const checked = given.map(([name, value]): [string, string | number] => {
    const argument = `dagDeployment.${name}`;
    if (typeof value === "string") return [name, checkText(argument, value)];
    checkAmount(argument, value);
    return [name, value];
  });
  const { sshKey, ...settings } = Object.fromEntries(checked.filter(([, value]) => value !== ""));
  if (mayHoldSecret(String(settings["repositoryUrl"] ?? ""))) {
    throw new InvalidInput(
      "dagDeployment.repositoryUrl",
      "contains a password, a token or a user name before the host, which every viewer would see; leave it out and give an sshKey",
    );
  }
  checkNfsLocation(settings["nfsLocation"]);
  return { ...settings, ...(sshKey !== undefined && { sealedSshKey: seal(String(sshKey), SSH_KEY_FIELD) }) };
}

/**
 * Whether the part before the host may be a secret. Hosts of git take access tokens as the user name of an HTTP URL.
 * With SSH the key is the secret, and the user name is public.
 */
function mayHoldSecret(repositoryUrl: string): boolean {
  // `user:password@host/path`, which is no URL.
  if (/^[^/@]*:[^/]*@/.test(repositoryUrl)) return true;
  if (!URL.canParse(repositoryUrl)) return false;
  const { protocol, username, password } = new URL(repositoryUrl);
  return password !== "" || (username !== "" && username !== "git" && !protocol.includes("ssh"));
}

const NFS_LOCATION = /^(?:\[[\dA-Fa-f:.]+\]|[A-Za-z\d](?:[\w.-]*[A-Za-z\d])?):\/(?!\/)\P{Cc}*$/u;

function checkNfsLocation(location: string | number | undefined): void {
  if (location !== undefined && !NFS_LOCATION.test(String(location)))
    throw new InvalidInput("dagDeployment.nfsLocation", "has to be a host and a path, such as 192.0.2.7:/exports/dags");
}

/**
 * Replaces the settings that are given anew. A private key replaces an older one, and with another repository the
 * former revision is dropped.
 */
export function mergeDagDeployment(present: DagDeploymentSettings, said: DagDeploymentSettings): DagDeploymentSettings {
  const { sshKey, rev, ...kept } = present;
  const { repositoryUrl } = said;
  const isOtherRepository = repositoryUrl !== undefined && repositoryUrl !== present["repositoryUrl"];
  return {
    ...kept,
    ...(sshKey !== undefined && said["sealedSshKey"] === undefined && { sshKey }),
    ...(rev !== undefined && !isOtherRepository && { rev }),
    ...said,
  };
}

/** @throws InvalidInput */
export const sealedDockerConfig = (value: unknown, seal: Seal): JsonObject => ({
  sealed: seal(JSON.stringify(checkJsonObject(DOCKER_CONFIG_FIELD, value)), DOCKER_CONFIG_FIELD),
});

/** Of a cloud provider's role that the Deployment's service account is bound to. @throws InvalidInput */
export const checkCloudRole = (role: string): string => checkText("cloudRole", role);

/** Returns the text as it is stored. Text of several lines stays as it is: a private key needs the line break at its end. */
function checkText(argument: string, text: string): string {
  if (!OF_SEVERAL_LINES.has(argument)) return readLine(argument, text, MAX_TEXT) ?? "";
  if (text.length > MAX_TEXT) throw new InvalidInput(argument, `has at most ${MAX_TEXT} characters`);
  refuseHidden(argument, text.replaceAll("\r\n", "\n"), "LINES");
  return text;
}

/** Goes level by level, without recursion, so that no depth exhausts the stack. */
function isDeeperThan(most: number, value: object): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return false;
}

/** @throws InvalidInput unless it is a JSON object within the limits of size and depth */
export function checkJsonObject(argument: string, value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidInput(argument, "has to be a JSON object");
  }
  if (isDeeperThan(MAX_JSON_DEPTH, value))
    throw new InvalidInput(argument, `is nested more than ${MAX_JSON_DEPTH} levels deep`);
  if (JSON.stringify(value).length > MAX_JSON)
    throw new InvalidInput(argument, `is larger than ${MAX_JSON} characters`);
  return value as JsonObject;
}

/** Whether the request wants the Deployment's resources in Astro units. */
export const usesAstroUnits = (config: JsonObject): boolean => config["astroUnitsEnabled"] === true;

/** @throws InvalidInput if the installation has no Astro units */
export function withAstroUnits(
  config: JsonObject,
  said: boolean | undefined,
  rules: { readonly astroUnitsEnabled: boolean },
): JsonObject {
  const asked = said ?? config["astroUnitsEnabled"];
  if (asked == null) return config;
  if (typeof asked !== "boolean") throw new InvalidInput("config.astroUnitsEnabled", "has to be true or false");
  if (asked && !rules.astroUnitsEnabled) {
    throw new InvalidInput(
      "astroUnitsEnabled",
      "is switched off for the installation (deployments.resourceProvisioningStrategy.astroUnitsEnabled)",
    );
  }
  return { ...config, astroUnitsEnabled: asked };
}

/**
 * The executor that free JSON names, as clients wrote it before there was an argument for it.
 * @throws InvalidInput
 */
export function takeExecutor(config: JsonObject): {
  readonly executor: Executor | undefined;
  readonly rest: JsonObject;
} {
  const { executor, ...rest } = config;
  const named = EXECUTORS.find((one) => one === executor);
  if (executor != null && named === undefined)
    throw new InvalidInput("config.executor", `has to be one of ${EXECUTORS.join(", ")}`);
  return { executor: named, rest };
}

/** A variable as clients write it; every part may be missing. */
export interface VariableInput {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly isSecret?: boolean | null;
}

/**
 * The whole list as it stands afterwards, in the order given, its secrets sealed. A secret sent without a value
 * keeps the one it had, since clients never get to see it; one that is to be secret no longer needs a new value.
 * @throws InvalidInput if a key is malformed or comes twice, or a value is too large
 */
export function replaceVariables(
  input: readonly VariableInput[],
  present: readonly EnvironmentVariable[],
  seal: Seal,
): EnvironmentVariable[] {
  if (input.length > MAX_VARIABLES)
    throw new InvalidInput("environmentVariables", `has at most ${MAX_VARIABLES} entries`);
  const secrets = new Map(present.filter((variable) => variable.isSecret).map((variable) => [variable.key, variable]));
  const seen = new Set<string>();
  return input.map(({ key, value, isSecret }) => {
    if (typeof key !== "string" || !VARIABLE_KEY.test(key)) {
      throw new InvalidInput(
        "environmentVariables",
        `${JSON.stringify(key ?? null)} is not a name for an environment variable`,
      );
    }
    if (seen.has(key)) throw new InvalidInput("environmentVariables", `${key} is given twice`);
    seen.add(key);
    const given = value ?? "";
    if (given.length > MAX_VARIABLE_VALUE) {
      throw new InvalidInput(
        "environmentVariables",
        `the value of ${key} has more than ${MAX_VARIABLE_VALUE} characters`,
      );
    }
    if (isSecret !== true) return { key, value: given, isSecret: false };
    const kept = given === "" ? secrets.get(key) : undefined;
    return {
      key,
      isSecret: true,
      sealed: kept === undefined ? seal(given, variableField(key)) : sealedVariable(kept, seal),
    };
  });
}

/** As clients may see them: a secret's value stays here. */
export const presentVariables = (variables: readonly EnvironmentVariable[]): ShownVariable[] =>
  variables.map((variable) => ({
    key: variable.key,
    value: variable.isSecret ? "" : variable.value,
    isSecret: variable.isSecret,
  }));

/** All of the mechanism's settings but its private key. */
export function presentDagDeployment({
  sshKey: _unsealed,
  sealedSshKey: _sealed,
  ...shown
}: DagDeploymentSettings): DagDeploymentSettings {
  return shown;
}
