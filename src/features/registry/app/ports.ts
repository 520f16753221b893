import { DomainError, Unavailable } from "../../../kernel/errors";
import type { RepositoryAccess } from "../domain/token-access";

/** What a registry that trusts this service lets its bearer do. */
export interface RegistryToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  /** To the second. */
  readonly issuedAt: string;
}

export interface RegistryTokens {
  /** @param subject who the registry then says it was that pushed */
  issue(subject: string, access: readonly RepositoryAccess[]): Promise<RegistryToken>;
}

/** A registry that could not be asked, or that does not answer us. */
export class RegistryUnavailable extends Unavailable {}

/** The registry holds the image, but its manifest or configuration cannot be read. Trying again does not help. */
export class ImageUnreadable extends DomainError {
  readonly code = "IMAGE_UNREADABLE";
}

/** One registry, as far as this service reads it. */
export interface Registry {
  /**
   * Of the manifest that a tag or a digest leads to; null where there is none. @throws RegistryUnavailable,
   * ImageUnreadable
   */
  digestOf(repository: string, reference: string): Promise<string | null>;
  /**
   * Of the image that a tag or a digest leads to, on linux/amd64 if there are several; null where there is none.
   * @throws RegistryUnavailable, ImageUnreadable
   */
  labelsOf(repository: string, reference: string): Promise<Readonly<Record<string, string>> | null>;
}
