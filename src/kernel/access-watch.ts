/** Notifies listeners when anyone's permissions may have changed, so that long-running work can check them again. */
export interface AccessWatch {
  /** Returns a function that removes the listener. The listener is never called before `onChange` has returned. */
  onChange(listener: () => void): () => void;
}
