import { DomainError } from "./errors";

/** A secret as the database keeps it: it can be read with the installation's key only. */
export type Sealed = string;

/** Seals one field of one holder: moved to another field or holder it cannot be opened. */
export type Seal = (plaintext: string, field: string) => Sealed;

export interface SecretKeeper {
  /** @throws SecretsNotTaken */
  readonly seal: Seal;
  /** @throws SecretUnreadable if it was sealed with a key that is not there, or somewhere else, or was changed */
  readonly open: (sealed: Sealed, field: string) => string;
  /** Whether it was sealed with the key that seals now. */
  readonly isCurrent: (sealed: Sealed) => boolean;
}

/** Seals what the installation keeps secret, with its keys. */
export interface SecretBox {
  /** Whether there is a key to seal with. */
  readonly hasKey: boolean;
  /** For the secrets of one holder, e.g. a Deployment, named by its id. */
  of(holderId: string): SecretKeeper;
  isCurrent(sealed: Sealed): boolean;
}

export const ENCRYPTION_KEYS_SETTING = "astronomer.houston.config.secrets.encryptionKeys";

/** The key is missing, or the sealed value was changed or moved. */
export class SecretUnreadable extends Error {
  override readonly name = "SecretUnreadable";
}

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

/** A key that signs cannot be kept, for want of a key to encrypt it with, or cannot be decrypted. */
export class SigningKeyUnavailable extends Error {}
