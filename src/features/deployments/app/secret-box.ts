import { DomainError } from "../../../kernel/errors";
import type { Sealed, SecretKeeper } from "../domain/secrets";

/** Seals what Deployments keep secret, with the installation's keys. */
export interface SecretBox {
  /** For the secrets of one Deployment. */
  of(deploymentId: string): SecretKeeper;
  isCurrent(sealed: Sealed): boolean;
}

export const ENCRYPTION_KEYS_SETTING = "astronomer.houston.config.secrets.encryptionKeys";

/** The installation has no key: the secret is refused rather than stored in plain text. */
export class SecretsNotTaken extends DomainError {
  readonly code = "FEATURE_DISABLED";
  override readonly details = { setting: ENCRYPTION_KEYS_SETTING };

  constructor() {
    super(
      `This installation cannot keep secrets, as it has no key to encrypt them with: set ${ENCRYPTION_KEYS_SETTING}`,
    );
  }
}
