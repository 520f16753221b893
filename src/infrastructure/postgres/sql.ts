/** Runs single SQL statements on the pool, or in the open transaction. */
export interface Sql {
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}
