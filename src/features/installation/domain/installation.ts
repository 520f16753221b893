/** One database and everything that belongs to it. */
export interface Installation {
  /** Made once, and kept in the database, so a restore brings it back. */
  readonly id: string;
  /**
   * Grows each time that the database was restored. Numbers that are given out again after a restore, such as those of
   * revisions, are compared together with it.
   */
  readonly epoch: number;
}

/** The epoch of a database that was never restored, and of everything that was written before epochs were. */
export const FIRST_EPOCH = 1;

/** A place in the history of one Deployment, over all restores. */
export interface Position {
  readonly epoch: number;
  readonly generation: number;
}

/** Whether `a` comes after `b`. */
export const isAfter = (a: Position, b: Position): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.generation > b.generation);
