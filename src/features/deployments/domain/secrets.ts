import { SecretUnreadable, type Seal, type Sealed, type SecretKeeper } from "../../../kernel/secret-box";
import type { DagDeploymentSettings, Deployment, EnvironmentVariable, JsonObject } from "./deployment";

export { SecretUnreadable };
export type { Seal, Sealed, SecretKeeper };

export const SSH_KEY_FIELD = "dagDeployment.sshKey";
export const DOCKER_CONFIG_FIELD = "dockerconfigjson";
export const variableField = (key: string): string => `environmentVariables.${key}`;

/** Every secret of a Deployment. */
export type SecretHolder = Pick<Deployment, "id" | "environmentVariables" | "dagDeployment" | "dockerConfigJson">;

/** A secret of a version without encryption: the plain text. */
const plainTextOf = (variable: EnvironmentVariable): string => (variable as { readonly value?: string }).value ?? "";

/** The secret of a variable as it is kept. */
export const sealedVariable = (variable: EnvironmentVariable & { readonly isSecret: true }, seal: Seal): Sealed =>
  variable.sealed ?? seal(plainTextOf(variable), variableField(variable.key));

/** A Deployment's secrets in plain text, for what runs it. Never log, store or answer them. */
export interface DeploymentSecrets {
  /** By the variable's name. */
  readonly environmentVariables: Readonly<Record<string, string>>;
  /** Private key for git-sync; null if there is none. */
  readonly sshKey: string | null;
  /** Credentials for pulling images, in the form of `.dockerconfigjson`; null if there are none. */
  readonly dockerConfig: JsonObject | null;
}

/** @throws SecretUnreadable */
export function openSecrets(holder: SecretHolder, open: SecretKeeper["open"]): DeploymentSecrets {
  const { sshKey, sealedSshKey } = holder.dagDeployment;
  const { dockerConfigJson } = holder;
  const variables = holder.environmentVariables.flatMap((variable) => (variable.isSecret ? [variable] : []));
  return {
    environmentVariables: Object.fromEntries(
      variables.map((variable) => [
        variable.key,
        variable.sealed === undefined ? plainTextOf(variable) : open(variable.sealed, variableField(variable.key)),
      ]),
    ),
    sshKey: sealedSshKey === undefined ? textOrNull(sshKey) : open(String(sealedSshKey), SSH_KEY_FIELD),
    dockerConfig:
      dockerConfigJson === null || isPlain(dockerConfigJson)
        ? dockerConfigJson
        : (JSON.parse(open(String(dockerConfigJson["sealed"]), DOCKER_CONFIG_FIELD)) as JsonObject),
  };
}

const textOrNull = (value: string | number | undefined): string | null => (value === undefined ? null : String(value));

/** How many secrets are still in plain text. */
export function countPlainSecrets({ environmentVariables, dagDeployment, dockerConfigJson }: SecretHolder): number {
  const variables = environmentVariables.filter((one) => one.isSecret && one.sealed === undefined).length;
  return variables + (dagDeployment["sshKey"] === undefined ? 0 : 1) + (isPlain(dockerConfigJson) ? 1 : 0);
}

export interface SealedAgain {
  readonly holder: SecretHolder;
  /** Secrets that were sealed anew with the first key. */
  readonly sealed: number;
  /** Secrets that no key opens; they stay as they are. */
  readonly unreadable: number;
}

/** The same secrets, all sealed with the present key: those in plain text, and those of keys that are to go. */
export function sealAgain(holder: SecretHolder, { seal, open, isCurrent }: SecretKeeper): SealedAgain {
  const count = { sealed: 0, unreadable: 0 };
  const freshly = (plaintext: string, field: string): Sealed => {
    count.sealed++;
    return seal(plaintext, field);
  };
  const again = (sealed: Sealed, field: string): Sealed => {
    if (isCurrent(sealed)) return sealed;
    try {
      return freshly(open(sealed, field), field);
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      count.unreadable++;
      return sealed;
    }
  };
  const environmentVariables = holder.environmentVariables.map((variable): EnvironmentVariable => {
    if (!variable.isSecret) return variable;
    const { key, sealed } = variable;
    const field = variableField(key);
    return {
      key,
      isSecret: true,
      sealed: sealed === undefined ? freshly(plainTextOf(variable), field) : again(sealed, field),
    };
  });
  const { dockerConfigJson } = holder;
  const dockerConfig = (config: JsonObject): { readonly sealed: Sealed } =>
    isPlain(config)
      ? { sealed: freshly(JSON.stringify(config), DOCKER_CONFIG_FIELD) }
      : { sealed: again((config as { sealed: Sealed }).sealed, DOCKER_CONFIG_FIELD) };
  return {
    holder: {
      id: holder.id,
      environmentVariables,
      dagDeployment: sshKeySealed(holder.dagDeployment, { again, freshly }),
      dockerConfigJson: dockerConfigJson === null ? null : dockerConfig(dockerConfigJson),
    },
    ...count,
  };
}

function sshKeySealed(
  settings: DagDeploymentSettings,
  { again, freshly }: { readonly again: Seal; readonly freshly: Seal },
): DagDeploymentSettings {
  const { sshKey, sealedSshKey, ...rest } = settings;
  // The sealed value is newer: the plain one is not written any more.
  if (sealedSshKey !== undefined) return { ...rest, sealedSshKey: again(String(sealedSshKey), SSH_KEY_FIELD) };
  return sshKey === undefined ? rest : { ...rest, sealedSshKey: freshly(String(sshKey), SSH_KEY_FIELD) };
}

const isPlain = (config: JsonObject | null): boolean => config !== null && typeof config["sealed"] !== "string";
