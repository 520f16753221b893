import type { Installation } from "../domain/installation";

/** Reads outside of transactions, and inside where it is one of the transaction's stores. */
export interface InstallationReader {
  /** Makes the installation at the first call. */
  current(): Promise<Installation>;
}

export interface InstallationStore extends InstallationReader {
  /** Returns the installation in an epoch that is higher than any before, also than those that a restore took back. */
  beginEpoch(): Promise<Installation>;
}
