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
  /** @param subject the name of the actor in the registry's notifications */
  issue(subject: string, access: readonly RepositoryAccess[]): Promise<RegistryToken>;
}

/** The registry cannot be asked, or does not answer. */
export class RegistryUnavailable extends Unavailable {}

/** The registry holds the image, but its manifest or configuration cannot be read. Trying again does not help. */
export class ImageUnreadable extends DomainError {
  readonly code = "IMAGE_UNREADABLE";
}

/** What was pushed is no image, so that it cannot be deployed. */
export class NoImage extends DomainError {
  readonly code = "NO_IMAGE";

  constructor(what: string) {
    super(`it is no image but ${what}`);
  }
}

/**
 * What a registry holds under a name: an image with its labels, or something that no container can be made of, such as
 * a signature. `what` is a noun with its article.
 */
export type ImageContent =
  | { readonly kind: "IMAGE"; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: "OTHER"; readonly what: string };

/** One registry, as far as this service reads it. */
export interface Registry {
  /**
   * Of the manifest that a tag or a digest leads to; null where there is none. @throws RegistryUnavailable,
   * ImageUnreadable
   */
  digestOf(repository: string, reference: string): Promise<string | null>;
  /**
   * What a tag or a digest leads to; of an image for several platforms that on linux/amd64, or else one of the others.
   * Null where there is nothing. @throws RegistryUnavailable, ImageUnreadable
   */
  contentOf(repository: string, reference: string): Promise<ImageContent | null>;
}
