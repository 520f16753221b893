/** Notifies of possible changes of permissions, so that long-lived work can check them again. */
export interface AccessWatch {
  /** Returns a function that removes the listener. Never notifies before it has returned. */
  onChange(listener: () => void): () => void;
}
