import type { Installation } from "../domain/installation";

/** Reads the installation, on the pool or, as one of a transaction's stores, inside the transaction. */
export interface InstallationReader {
  /** Makes the installation at the first call. */
  current(): Promise<Installation>;
  /** Whether nothing was ever deployed or uploaded in it. */
  isNew(): Promise<boolean>;
}

export interface InstallationStore extends InstallationReader {
  /**
   * Begins a new epoch and returns the installation. The epoch is higher than all before it, including those that a
   * restore has removed from the database.
   */
  beginEpoch(): Promise<Installation>;
}

/** The marks of installations in a folder or a bucket, one for each that keeps something there. */
export interface PlaceMarks {
  /** The place's name for messages. */
  readonly address: string;
  /** Ids of the installations, in no order. */
  list(): Promise<string[]>;
  /** Returns the place's own id: another place has another, whatever its address. Idempotent. */
  add(installationId: string): Promise<string>;
  /** Does nothing where there is no such mark. */
  remove(installationId: string): Promise<void>;
}

export interface SeenPlace {
  readonly address: string;
  readonly host: string;
  readonly seenAt: string;
}

/** Which places replicas have used. */
export interface PlacesSeen {
  /** Notes a use. Returns the last use before it if that was of another place of this kind; null otherwise. */
  note(place: {
    readonly kind: string;
    readonly placeId: string;
    readonly address: string;
    readonly host: string;
  }): Promise<SeenPlace | null>;
}
