/** What there is to say about the configuration. */
export interface Remarks {
  /** Reasons to refuse the start. */
  readonly problems: string[];
  /** Things that the service can start with. Logged at each start. */
  readonly warnings: string[];
  /** Names the place of a setting, given its path in `Config`. */
  readonly nameOf: (path: string) => string;
  /** Whether a setting has a value other than its default, given its path in `Config`. */
  readonly isGiven: (path: string) => boolean;
}
