/** Tells when what anybody may do might have changed, so that whatever goes on for long can ask again. */
export interface AccessWatch {
  /** Returns how to leave. Never rings before it has returned. */
  onChange(listener: () => void): () => void;
}
