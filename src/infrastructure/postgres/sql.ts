/** Runs one SQL statement on whatever it stands for: the pool, or the open transaction. */
export interface Sql {
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
}
