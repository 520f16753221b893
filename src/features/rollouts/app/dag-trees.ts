/** Where the files of a DAG bundle come from. */
export interface DagTrees {
  /**
   * Writes the bundle's files below an existing empty folder.
   * @throws RolloutRejected if the bundle is gone or damaged: trying again cannot help
   */
  unpack(sha256: string, folder: string, signal: AbortSignal): Promise<void>;
}
