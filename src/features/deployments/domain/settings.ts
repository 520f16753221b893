import { InvalidInput } from "../../../shared/domain/errors";
import type { Components, DagDeploymentSettings, DagDeploymentType, EnvironmentVariable, JsonObject } from "./deployment";

const LABEL_MOST = 190;
const DESCRIPTION_MOST = 1_000;
/** Room for a private key of 8192 bits in PEM. */
const TEXT_MOST = 10_000;
const VARIABLES_MOST = 1_000;
const VARIABLE_VALUE_MOST = 65_536;
const JSON_MOST = 100_000;
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
export function checkLabel(text: string): string {
  const label = text.trim();
  if (label === "" || label.length > LABEL_MOST) throw new InvalidInput("label", `has to have 1 to ${LABEL_MOST} characters`);
  return label;
}

/** Null clears. @throws InvalidInput */
export function checkDescription(text: string | null): string | null {
  if (text !== null && text.length > DESCRIPTION_MOST) {
    throw new InvalidInput("description", `has at most ${DESCRIPTION_MOST} characters`);
  }
  return text;
}

/** @throws InvalidInput */
export function checkName(argument: "releaseName" | "namespace", name: string): string {
  if (!RELEASE_NAME.test(name)) {
    throw new InvalidInput(argument, "has to start with a letter and hold only a–z, 0–9 and dashes, 53 characters at most");
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
    throw new InvalidInput("dagDeployment.type", `${type} is switched off for the installation (deployments.${missing})`);
  }
  return type;
}

/** Mechanism settings without those that were left out or sent empty. @throws InvalidInput */
export function dagDeploymentSettings(input: JsonObject): DagDeploymentSettings {
  const given = Object.entries(input).filter(
    (entry): entry is [string, string | number] => entry[0] !== "type" && entry[1] != null && entry[1] !== "",
  );
  for (const [name, value] of given) {
    if (typeof value === "number") checkAmount(`dagDeployment.${name}`, value);
    else checkText(`dagDeployment.${name}`, value);
  }
  return Object.fromEntries(given);
}

/** Of a cloud provider's role that the Deployment's service account is bound to. @throws InvalidInput */
export const checkCloudRole = (role: string): string => checkText("cloudRole", role);

function checkText(argument: string, text: string): string {
  if (text.length > TEXT_MOST) throw new InvalidInput(argument, `has at most ${TEXT_MOST} characters`);
  return text;
}

function checkAmount(argument: string, amount: number): void {
  if (amount < 0) throw new InvalidInput(argument, "cannot be negative");
}

/** The components that say something; an empty object means "leave as is". */
export function componentSettings(input: Readonly<Record<string, object | null | undefined>>): Components {
  const said = Object.entries(input).map(([name, settings]) => [name, withoutEmpty({ ...settings })] as const);
  for (const [name, settings] of said) checkAmounts(name, settings);
  return Object.fromEntries(said.filter(([, settings]) => Object.keys(settings).length > 0));
}

/** Of replicas and resources, at any depth. */
function checkAmounts(path: string, settings: object): void {
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    if (typeof value === "number") checkAmount(`${path}.${name}`, value);
    if (typeof value === "object" && value !== null) checkAmounts(`${path}.${name}`, value);
  }
}

/** What was said before stays where nothing new is said, at every depth. */
export function mergeComponents(present: Components, said: Components): Components {
  return mergeObjects(present, said) as Components;
}

function mergeObjects(present: object, said: object): object {
  const merged: Record<string, unknown> = { ...present };
  for (const [name, value] of Object.entries(said) as [string, unknown][]) {
    const before = merged[name];
    merged[name] = isObject(before) && isObject(value) ? mergeObjects(before, value) : value;
  }
  return merged;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

function withoutEmpty(object: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value != null));
}

/** @throws InvalidInput unless it is a JSON object of bearable size */
export function checkJsonObject(argument: string, value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidInput(argument, "has to be a JSON object");
  }
  if (JSON.stringify(value).length > JSON_MOST) throw new InvalidInput(argument, `is larger than ${JSON_MOST} characters`);
  return value as JsonObject;
}

/** A variable as clients write it; every part may be missing. */
export interface VariableInput {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly isSecret?: boolean | null;
}

/**
 * The whole list as it stands afterwards, in the order given. A secret sent without a value keeps the one
 * it had, since clients never get to see it.
 * @throws InvalidInput if a key is malformed or comes twice, or a value is too large
 */
export function replaceVariables(
  input: readonly VariableInput[],
  present: readonly EnvironmentVariable[],
): EnvironmentVariable[] {
  if (input.length > VARIABLES_MOST) throw new InvalidInput("environmentVariables", `has at most ${VARIABLES_MOST} entries`);
  const secrets = new Map(present.filter(({ isSecret }) => isSecret).map(({ key, value }) => [key, value]));
  const seen = new Set<string>();
  return input.map(({ key, value, isSecret }) => {
    if (typeof key !== "string" || !VARIABLE_KEY.test(key)) {
      throw new InvalidInput("environmentVariables", `${JSON.stringify(key ?? null)} is not a name for an environment variable`);
    }
    if (seen.has(key)) throw new InvalidInput("environmentVariables", `${key} is given twice`);
    seen.add(key);
    const given = value ?? "";
    if (given.length > VARIABLE_VALUE_MOST) {
      throw new InvalidInput("environmentVariables", `the value of ${key} has more than ${VARIABLE_VALUE_MOST} characters`);
    }
    const secret = isSecret ?? false;
    return { key, value: given === "" && secret ? (secrets.get(key) ?? "") : given, isSecret: secret };
  });
}

/** As clients may see them: a secret's value stays here. */
export const presentVariables = (variables: readonly EnvironmentVariable[]): EnvironmentVariable[] =>
  variables.map(({ key, value, isSecret }) => ({ key, value: isSecret ? "" : value, isSecret }));
